// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.rewrite.CacheSplit;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    private final CompiledGraph full;
    private final CompiledGraph cached;
    private final Map<String, FeatureCache> caches = new HashMap<>();
    private final StepLog log;

    private DeepCacheSession(Builder builder, CompiledGraph full, CompiledGraph cached) {
        this.unet = builder.unet;
        this.plan = builder.plan;
        this.schedule = builder.schedule;
        this.full = full;
        this.cached = cached;
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
         * Splits the U-Net and compiles both graphs.
         *
         * @throws IllegalArgumentException if the plan does not fit the U-Net, or the engine cannot
         *     run it
         */
        public DeepCacheSession open() {
            Map<String, Shape> shapes = unet.ports().inputShapes();
            CacheSplit split = DeepCacheRewriter.split(unet, plan);
            CompiledGraph full = split.compileFull(engine, shapes, precision);
            try {
                return new DeepCacheSession(
                        this, full, split.compileCached(engine, shapes, precision));
            } catch (RuntimeException e) {
                full.close();
                throw e;
            }
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
        Optional<INDArray> feature =
                cache.beginsRun(step, shape) || schedule.full(step.index())
                        ? Optional.empty()
                        : cache.boundary();
        INDArray prediction =
                feature.isPresent() ? runCached(inputs, feature.get()) : runFull(inputs, cache);
        cache.advance(step, shape);
        log.add(
                step,
                feature.isPresent() ? StepEvent.Kind.CACHED : StepEvent.Kind.FULL,
                start,
                feature.isPresent() ? plan.cachedMacs() : plan.fullMacs());
        return prediction;
    }

    private INDArray runFull(Map<String, INDArray> inputs, FeatureCache cache) {
        Map<String, INDArray> results = full.run(inputs);
        cache.store(take(results, plan.boundary()));
        return take(results, plan.output()).dup();
    }

    private INDArray runCached(Map<String, INDArray> inputs, INDArray feature) {
        Map<String, INDArray> all = new LinkedHashMap<>(inputs);
        all.put(plan.boundary(), feature);
        return take(cached.run(all), plan.output()).dup();
    }

    private static INDArray take(Map<String, INDArray> results, String name) {
        return Objects.requireNonNull(results.get(name), name);
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
        full.close();
        cached.close();
    }
}
