// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;

/** A way to run SameDiff graphs of fixed shapes. */
public interface Engine {

    /** Name by which the command line selects it. */
    String name();

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
}
