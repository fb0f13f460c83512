// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A U-Net that reuses its deep features: full steps run everything and keep the boundary, cached
 * steps run the rest on the kept one (Ma et al. 2024, section 3.2).
 *
 * <p>Every cache key has a feature of its own, so the two calls that guidance makes for a step do
 * not mix. A run begins, with a full step whatever the schedule says, when the step index is 0 or
 * does not increase, when the timestep rises, and when the sample changes its sizes.
 *
 * <p>A session is for one thread. Several sessions may run side by side on one U-Net: they share
 * its weights and nothing else.
 *
 * <p>What the network predicts is handed on as it is, finite or not: the sampling loop checks, and
 * {@link io.github.deepcache4j.unet.NonFiniteSearch} finds the cause.
 */
public final class DeepCacheSession implements NoisePredictor, AutoCloseable {

    private final UNet unet;
    private final CachePlan plan;
    private final CacheSchedule schedule;
    private final StagedGraph graph;
    private final Map<String, FeatureCache> caches = new HashMap<>();
    private final StepLog log;

    private DeepCacheSession(Builder builder, StagedGraph graph) {
        this.unet = builder.unet;
        this.plan = builder.plan;
        this.schedule = builder.schedule;
        this.graph = graph;
        this.log = new StepLog(builder.listener);
    }

    /**
     * Settings of a session.
     *
     * @param schedule whether the step with this index is full; {@code index -> index % 5 == 0} is
     *     interval 5
     */
    public static Builder of(UNet unet, CachePlan plan, CacheSchedule schedule) {
        return new Builder(unet, plan, schedule);
    }

    /** Settings of a session; engine samediff in F32 unless told otherwise. */
    public static final class Builder {

        private final UNet unet;
        private final CachePlan plan;
        private final CacheSchedule schedule;
        private Engine engine = new SameDiffEngine();
        private Precision precision = Precision.F32;
        private Consumer<StepEvent> listener = event -> {};

        private Builder(UNet unet, CachePlan plan, CacheSchedule schedule) {
            this.unet = unet;
            this.plan = plan;
            this.schedule = schedule;
        }

        public Builder engine(Engine engine, Precision precision) {
            this.engine = engine;
            this.precision = precision;
            return this;
        }

        /** Is given the event of every call, after it. */
        public Builder listener(Consumer<StepEvent> listener) {
            this.listener = listener;
            return this;
        }

        /**
         * Compiles the U-Net in stages around the plan's boundary.
         *
         * @throws IllegalArgumentException if the plan does not fit the U-Net, or the engine cannot
         *     run it
         */
        public DeepCacheSession open() {
            return new DeepCacheSession(
                    this,
                    DeepCacheRewriter.compile(
                            engine, unet.sameDiff(), plan, unet.ports().inputShapes(), precision));
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the inputs do not fit the U-Net's ports; the message
     *     names all faults
     */
    @Override
    public INDArray predict(INDArray sample, Step step) {
        long start = System.nanoTime();
        Map<String, INDArray> inputs = unet.bind(sample, step);
        Shape shape = Shape.of(sample.shape());
        FeatureCache cache = caches.computeIfAbsent(step.cacheKey(), key -> new FeatureCache());
        Feature feature = cache.feature();
        boolean full =
                cache.beginsRun(step, shape) || schedule.full(step.index()) || !feature.isFilled();
        INDArray prediction =
                full ? graph.runFull(inputs, feature) : graph.runCached(inputs, feature);
        INDArray result = prediction.dup();
        cache.advance(step, shape);
        log.add(
                step,
                full ? StepEvent.Kind.FULL : StepEvent.Kind.CACHED,
                start,
                full ? plan.fullMacs() : plan.cachedMacs());
        return result;
    }

    /** Events of all calls since the session was opened or reset. */
    public List<StepEvent> events() {
        return log.events();
    }

    /** Bytes that the cached features of all keys take. */
    public long cacheBytes() {
        return caches.values().stream().mapToLong(FeatureCache::bytes).sum();
    }

    /** Forgets features and events. The next call of every key is full. */
    public void reset() {
        caches.clear();
        log.clear();
    }

    @Override
    public void close() {
        caches.clear();
        graph.close();
    }
}
