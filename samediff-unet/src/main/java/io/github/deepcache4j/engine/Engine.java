// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A way to run SameDiff graphs of fixed shapes. Found by {@link Engines} as a service; a provider
 * must load, and say what it lacks, when its libraries are absent.
 */
public interface Engine {

    /** Name by which the command line selects it. */
    String name();

    /**
     * Why it cannot run here, and what to do about it; empty if it can.
     *
     * @param precision what it is to run in
     */
    Optional<String> unavailable(Precision precision);

    /**
     * Refuses a precision that {@link #unavailable} has a reason against.
     *
     * @throws IllegalArgumentException with that reason
     */
    default void requireAvailable(Precision precision) {
        unavailable(precision)
                .ifPresent(
                        reason -> {
                            throw new IllegalArgumentException(reason);
                        });
    }

    /**
     * Prepares a graph for repeated runs. The graph is read, never changed; weight arrays are
     * shared with it.
     *
     * @param graph holds the placeholders, operations and weights
     * @param outputs names of the tensors to compute
     * @param inputShapes sizes of every placeholder that the outputs need
     * @throws IllegalArgumentException if an output or an input is unknown, or the precision is not
     *     supported here
     */
    CompiledGraph compile(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision);

    /**
     * Prepares a graph for full steps, and for cached steps at any of its cuts.
     *
     * @param output name of the prediction
     * @param cuts the outermost first: what a cached step computes at one cut, it computes at all
     *     that follow
     * @param inputShapes sizes of every placeholder that the output needs
     * @throws IllegalArgumentException as {@link #compile} does, or if the cuts are not in order
     */
    StagedGraph compileStaged(
            SameDiff graph,
            String output,
            List<Cut> cuts,
            Map<String, Shape> inputShapes,
            Precision precision);

    /** The same for one cut, on which no gate decides. */
    default StagedGraph compileStaged(
            SameDiff graph,
            String output,
            String boundary,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return compileStaged(graph, output, List.of(Cut.at(boundary)), inputShapes, precision);
    }
}
