// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The plain network that notes what its boundaries are in each step of a run: how much of them
 * could be reused. Of a large boundary it keeps a sample of positions, the same in all steps, drawn
 * with a fixed seed: a cosine over 32,768 of them is within about 1 % of that over all, and a run
 * of 1,000 steps still fits into memory. One thread at a time.
 */
public final class BoundaryRecorder implements NoisePredictor, AutoCloseable {

    private static final int MOST_POSITIONS = 32_768;
    private static final long SEED = 1;

    private final UNet unet;
    private final CompiledGraph graph;
    private final Map<String, List<float[]>> features = new LinkedHashMap<>();
    private final Map<String, int[]> positions = new LinkedHashMap<>();
    private int steps;

    private BoundaryRecorder(UNet unet, CompiledGraph graph, List<String> boundaries) {
        this.unet = unet;
        this.graph = graph;
        boundaries.forEach(name -> features.put(name, new ArrayList<>()));
    }

    /**
     * Compiles the network with its boundaries as further outputs.
     *
     * @param boundaries names of tensors, as plans have them
     */
    public static BoundaryRecorder of(
            UNet unet, Engine engine, Precision precision, List<String> boundaries) {
        LinkedHashSet<String> outputs = new LinkedHashSet<>();
        outputs.add(unet.ports().output().name());
        outputs.addAll(boundaries);
        CompiledGraph graph =
                engine.compile(
                        unet.sameDiff(),
                        List.copyOf(outputs),
                        unet.ports().inputShapes(),
                        precision);
        return new BoundaryRecorder(unet, graph, boundaries);
    }

    /** {@inheritDoc} Of calls with one index (the two of guidance) the first is noted. */
    @Override
    public INDArray predict(INDArray sample, Step step) {
        Map<String, INDArray> results = graph.run(unet.bind(sample, step));
        if (step.index() == steps) {
            steps++;
            features.forEach(
                    (name, rows) ->
                            rows.add(
                                    sampled(
                                            name,
                                            Objects.requireNonNull(results.get(name), name))));
        }
        return Objects.requireNonNull(results.get(unet.ports().output().name())).dup();
    }

    private float[] sampled(String name, INDArray boundary) {
        float[] all = boundary.dup('c').data().asFloat();
        int[] where = positions.computeIfAbsent(name, key -> positions(all.length));
        float[] kept = new float[where.length];
        for (int i = 0; i < where.length; i++) {
            kept[i] = all[where[i]];
        }
        return kept;
    }

    private static int[] positions(int length) {
        Random random = new Random(SEED);
        return length <= MOST_POSITIONS
                ? java.util.stream.IntStream.range(0, length).toArray()
                : random.ints(MOST_POSITIONS, 0, length).toArray();
    }

    /**
     * What was noted of a boundary: {@code [steps, positions]}.
     *
     * @throws IllegalArgumentException if this boundary was not asked for, or no step has run
     */
    public INDArray features(String boundary) {
        List<float[]> rows = features.get(boundary);
        if (rows == null || rows.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing was noted of " + boundary + "; there is " + features.keySet());
        }
        return Nd4j.create(rows.toArray(float[][]::new));
    }

    @Override
    public void close() {
        graph.close();
    }
}
