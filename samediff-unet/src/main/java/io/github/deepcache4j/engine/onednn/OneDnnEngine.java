// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.lowering.Lowering;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.nd4j.Nd4jBackend;
import io.github.deepcache4j.engine.runtime.PreparedGraph;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Runs graphs as oneDNN primitives, in f32 or bf16, on x86-64 Linux.
 *
 * <p>All graphs that one instance compiles share packed weights. This class loads without oneDNN on
 * the class path and then says what is missing.
 */
public final class OneDnnEngine implements Engine {

    private final PackedWeightsHolder packed = new PackedWeightsHolder();

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return Availability.fault(precision);
    }

    @Override
    public CompiledGraph compile(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return prepare(graph, outputs, inputShapes, precision, null);
    }

    @Override
    public StagedGraph compileStaged(
            SameDiff graph,
            String output,
            String boundary,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return prepare(graph, List.of(output), inputShapes, precision, boundary);
    }

    private PreparedGraph prepare(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision,
            @Nullable String boundary) {
        unavailable(precision)
                .ifPresent(
                        reason -> {
                            throw new IllegalArgumentException(reason);
                        });
        Program program = Lowering.lower(graph, outputs, inputShapes, precision, boundary);
        return PreparedGraph.of(
                program, new OneDnnBackend(program, packed.weights(), new Nd4jBackend()));
    }

    /** Keeps oneDNN's classes out of this one until they are needed. */
    private static final class PackedWeightsHolder {

        private @Nullable PackedWeights weights;

        synchronized PackedWeights weights() {
            if (weights == null) {
                weights = new PackedWeights();
            }
            return weights;
        }
    }
}
