// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.unet.UNet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One engine in one precision, ready to run both kinds of step, with its times. */
final class BenchContender implements AutoCloseable {

    private final String engine;
    private final Precision precision;
    private final StagedGraph graph;
    private final String timestep;
    private final double compileSeconds;
    private final Feature feature = new Feature();
    private final BenchTimes full = new BenchTimes();
    private final BenchTimes cached = new BenchTimes();
    private int calls;

    private BenchContender(
            String engine,
            Precision precision,
            StagedGraph graph,
            String timestep,
            double compileSeconds) {
        this.engine = engine;
        this.precision = precision;
        this.graph = graph;
        this.timestep = timestep;
        this.compileSeconds = compileSeconds;
    }

    static BenchContender of(Engine engine, Precision precision, UNet unet, CachePlan plan) {
        long start = System.nanoTime();
        StagedGraph graph =
                DeepCacheRewriter.compile(
                        engine, unet.sameDiff(), plan, unet.ports().inputShapes(), precision);
        return new BenchContender(
                engine.name(),
                precision,
                graph,
                unet.ports().timestep().name(),
                (System.nanoTime() - start) / 1e9);
    }

    /**
     * A full step and the cached ones behind it, each at a timestep of its own, after a full step
     * that does not count, since whoever ran before has filled the processor's caches.
     */
    void interval(Map<String, INDArray> inputs, int steps, boolean counts) {
        graph.runFull(atNextTimestep(inputs), feature);
        for (int step = 0; step < steps; step++) {
            Map<String, INDArray> given = atNextTimestep(inputs);
            long start = System.nanoTime();
            if (step == 0) {
                graph.runFull(given, feature);
                full.add(System.nanoTime() - start, counts);
            } else {
                graph.runCached(given, feature);
                cached.add(System.nanoTime() - start, counts);
            }
        }
    }

    private Map<String, INDArray> atNextTimestep(Map<String, INDArray> inputs) {
        Map<String, INDArray> given = new LinkedHashMap<>(inputs);
        INDArray like = inputs.get(timestep);
        if (like != null) {
            given.put(
                    timestep, Nd4j.valueArrayOf(like.shape(), 1 + calls++ % 900, like.dataType()));
        }
        return given;
    }

    String engine() {
        return engine;
    }

    Precision precision() {
        return precision;
    }

    BenchTimes full() {
        return full;
    }

    BenchTimes cached() {
        return cached;
    }

    double compileSeconds() {
        return compileSeconds;
    }

    long cacheBytes() {
        return feature.bytes();
    }

    /** Bytes of the compiled graph, without the model's own weights. */
    long compiledBytes() {
        return graph.bytes();
    }

    boolean isOneDnnF32() {
        return engine.equals("onednn") && precision == Precision.F32;
    }

    @Override
    public void close() {
        graph.close();
    }
}
