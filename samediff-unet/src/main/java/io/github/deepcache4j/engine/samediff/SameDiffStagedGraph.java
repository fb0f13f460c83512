// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Full and cached steps as two graphs on one set of weights; the boundary is copied between. */
final class SameDiffStagedGraph implements StagedGraph {

    private final CompiledGraph full;
    private final CompiledGraph cached;
    private final String output;
    private final String boundary;

    private SameDiffStagedGraph(
            CompiledGraph full, CompiledGraph cached, String output, String boundary) {
        this.full = full;
        this.cached = cached;
        this.output = output;
        this.boundary = boundary;
    }

    static StagedGraph of(
            Engine engine,
            SameDiff graph,
            String output,
            String boundary,
            Map<String, Shape> inputShapes,
            Precision precision) {
        DataflowGraph whole = GraphReader.read(graph, List.of(output, boundary), inputShapes);
        Value cut = whole.value(boundary);
        SameDiff rest =
                GraphCopy.of(
                        graph,
                        List.of(output),
                        List.of(GraphCopy.Cut.at(boundary, cut.type(), cut.shape())));
        Map<String, Shape> shapes = new LinkedHashMap<>(inputShapes);
        shapes.keySet().retainAll(rest.inputs());
        shapes.put(boundary, cut.shape());
        Map<String, Shape> needed = new LinkedHashMap<>(inputShapes);
        needed.keySet().retainAll(whole.inputs().stream().map(Value::name).toList());
        CompiledGraph full = engine.compile(graph, List.of(output, boundary), needed, precision);
        try {
            return new SameDiffStagedGraph(
                    full,
                    engine.compile(rest, List.of(output), shapes, precision),
                    output,
                    boundary);
        } catch (RuntimeException e) {
            full.close();
            throw e;
        }
    }

    @Override
    public INDArray runFull(Map<String, INDArray> inputs, Feature feature) {
        Map<String, INDArray> results = full.run(inputs);
        INDArray computed = Objects.requireNonNull(results.get(boundary));
        INDArray kept = feature.contents();
        if (kept == null) {
            feature.contents(computed.dup());
        } else {
            kept.assign(computed);
        }
        return Objects.requireNonNull(results.get(output));
    }

    @Override
    public INDArray runCached(Map<String, INDArray> inputs, Feature feature) {
        if (!feature.isFilled()) {
            throw new IllegalArgumentException("the feature is empty; run a full step first");
        }
        Map<String, INDArray> all = new LinkedHashMap<>(inputs);
        all.put(boundary, Objects.requireNonNull(feature.contents()));
        return Objects.requireNonNull(cached.run(all).get(output));
    }

    @Override
    public void close() {
        full.close();
        cached.close();
    }
}
