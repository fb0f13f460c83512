// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.MacCounter;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The plain network, with the same record of its steps as {@link DeepCacheSession}: what a cached
 * run is compared with. One thread at a time.
 */
public final class UncachedPredictor implements NoisePredictor, AutoCloseable {

    private final UNet unet;
    private final CompiledGraph graph;
    private final long macs;
    private final StepLog log;

    private UncachedPredictor(
            UNet unet, CompiledGraph graph, long macs, Consumer<StepEvent> listener) {
        this.unet = unet;
        this.graph = graph;
        this.macs = macs;
        this.log = new StepLog(listener);
    }

    /** Compiles the network in F32, and counts its multiply-accumulates. */
    public static UncachedPredictor of(UNet unet, Engine engine) {
        long macs = MacCounter.of(unet.graph()).count().weights();
        return of(unet, engine, Precision.F32, macs, event -> {});
    }

    /**
     * Compiles the network.
     *
     * @param macs multiply-accumulates of a call, for the record
     * @param listener is given the event of every call
     */
    public static UncachedPredictor of(
            UNet unet,
            Engine engine,
            Precision precision,
            long macs,
            Consumer<StepEvent> listener) {
        CompiledGraph graph =
                engine.compile(
                        unet.sameDiff(),
                        List.of(unet.ports().output().name()),
                        unet.ports().inputShapes(),
                        precision);
        return new UncachedPredictor(unet, graph, macs, listener);
    }

    @Override
    public INDArray predict(INDArray sample, Step step) {
        long start = System.nanoTime();
        String output = unet.ports().output().name();
        INDArray prediction =
                Objects.requireNonNull(graph.run(unet.bind(sample, step)).get(output)).dup();
        log.add(step, StepEvent.Kind.FULL, StepEvent.NO_BRANCH, start, macs);
        return prediction;
    }

    /** Events of all calls so far. */
    public List<StepEvent> events() {
        return log.events();
    }

    @Override
    public void close() {
        graph.close();
    }
}
