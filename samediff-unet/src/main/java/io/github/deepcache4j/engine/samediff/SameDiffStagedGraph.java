// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.Boundary;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Cut;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Full and cached steps as graphs of their own, one for each cut, on one set of weights; boundaries
 * are copied between. A step that stops after its prefix computes the prefix twice.
 */
final class SameDiffStagedGraph implements StagedGraph {

    /** A cut and what runs there. */
    private record Rest(
            Cut cut,
            CompiledGraph cached,
            @Nullable CompiledGraph prefix,
            INDArray place,
            Boundary boundary) {}

    private record Begun(Map<String, INDArray> inputs, int cut) {}

    private final CompiledGraph full;
    private final List<Rest> rests = new ArrayList<>();
    private final String output;
    private @Nullable Begun begun;

    private SameDiffStagedGraph(CompiledGraph full, String output) {
        this.full = full;
        this.output = output;
    }

    static StagedGraph of(
            Engine engine,
            SameDiff graph,
            String output,
            List<Cut> cuts,
            Map<String, Shape> inputShapes,
            Precision precision) {
        Set<String> named = new LinkedHashSet<>();
        named.add(output);
        cuts.forEach(cut -> named.add(cut.boundary()));
        List<String> outputs = List.copyOf(named);
        DataflowGraph whole = GraphReader.read(graph, outputs, inputShapes);
        CompiledGraph full = engine.compile(graph, outputs, needed(whole, inputShapes), precision);
        SameDiffStagedGraph staged = new SameDiffStagedGraph(full, output);
        try {
            for (Cut cut : cuts) {
                staged.rests.add(rest(engine, graph, output, cut, whole, inputShapes, precision));
            }
            return staged;
        } catch (RuntimeException e) {
            staged.close();
            throw e;
        }
    }

    private static Rest rest(
            Engine engine,
            SameDiff graph,
            String output,
            Cut cut,
            DataflowGraph whole,
            Map<String, Shape> inputShapes,
            Precision precision) {
        Value boundary = whole.value(cut.boundary());
        SameDiff rest =
                GraphCopy.of(
                        graph,
                        List.of(output),
                        List.of(
                                GraphCopy.Cut.at(
                                        cut.boundary(), boundary.type(), boundary.shape())));
        Map<String, Shape> shapes = new LinkedHashMap<>(inputShapes);
        shapes.keySet().retainAll(rest.inputs());
        shapes.put(cut.boundary(), boundary.shape());
        CompiledGraph cached = engine.compile(rest, List.of(output), shapes, precision);
        CompiledGraph prefix = null;
        if (cut.skip() != null) {
            List<String> skip = List.of(cut.skip());
            Map<String, Shape> needed =
                    needed(GraphReader.read(graph, skip, inputShapes), inputShapes);
            prefix = engine.compile(graph, skip, needed, precision);
        }
        INDArray place = Nd4j.create(boundary.type(), boundary.shape().toArray());
        List<Integer> order = IntStream.range(0, place.rank()).boxed().toList();
        return new Rest(cut, cached, prefix, place, Boundary.of(place, order, true));
    }

    private static Map<String, Shape> needed(DataflowGraph graph, Map<String, Shape> inputShapes) {
        Map<String, Shape> needed = new LinkedHashMap<>(inputShapes);
        needed.keySet().retainAll(graph.inputs().stream().map(Value::name).toList());
        return needed;
    }

    @Override
    public INDArray runFull(Map<String, INDArray> inputs, List<Feature> features) {
        if (features.size() != rests.size()) {
            throw new IllegalArgumentException(
                    features.size() + " features for a graph with " + rests.size() + " cuts");
        }
        Map<String, INDArray> results = full.run(inputs);
        for (int i = 0; i < features.size(); i++) {
            Rest rest = rests.get(i);
            rest.place().assign(Objects.requireNonNull(results.get(rest.cut().boundary())));
            rest.boundary().store(features.get(i));
        }
        return Objects.requireNonNull(results.get(output));
    }

    @Override
    public INDArray runCached(Map<String, INDArray> inputs, int cut, Blend blend) {
        blend.requireFilled();
        Rest rest = rest(cut);
        rest.boundary().load(blend);
        Map<String, INDArray> all = new LinkedHashMap<>(inputs);
        all.put(rest.cut().boundary(), rest.place());
        return Objects.requireNonNull(rest.cached().run(all).get(output));
    }

    private Rest rest(int cut) {
        if (cut < 0 || cut >= rests.size()) {
            throw new IllegalArgumentException(
                    "cut " + cut + "; the graph was compiled with " + rests.size());
        }
        return rests.get(cut);
    }

    @Override
    public INDArray runPrefix(Map<String, INDArray> inputs, int cut) {
        Rest rest = rest(cut);
        if (rest.prefix() == null) {
            throw new IllegalArgumentException("cut " + cut + " was compiled without its skip");
        }
        begun = new Begun(Map.copyOf(inputs), cut);
        return rest.prefix().run(inputs).values().iterator().next();
    }

    @Override
    public INDArray finishFull(List<Feature> features) {
        return runFull(takeBegun().inputs(), features);
    }

    @Override
    public INDArray finishCached(Blend blend) {
        Begun step = takeBegun();
        return runCached(step.inputs(), step.cut(), blend);
    }

    private Begun takeBegun() {
        Begun step = begun;
        if (step == null) {
            throw new IllegalStateException("no prefix was run; call runPrefix first");
        }
        begun = null;
        return step;
    }

    @Override
    public void close() {
        full.close();
        for (Rest rest : rests) {
            rest.cached().close();
            if (rest.prefix() != null) {
                rest.prefix().close();
            }
        }
    }
}
