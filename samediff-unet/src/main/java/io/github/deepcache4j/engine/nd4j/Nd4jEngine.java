// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.nd4j;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.lowering.Lowering;
import io.github.deepcache4j.engine.runtime.PreparedGraph;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Runs graphs as a prepared list of ND4J operations on shared buffers; f32 only. On every backend
 * that ND4J has.
 */
public final class Nd4jEngine implements Engine {

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return precision == Precision.F32
                ? Optional.empty()
                : Optional.of(
                        "engine nd4j runs in f32 only, not in " + precision + "; take onednn");
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
        return PreparedGraph.of(
                Lowering.lower(graph, outputs, inputShapes, precision, boundary),
                new Nd4jBackend());
    }
}
