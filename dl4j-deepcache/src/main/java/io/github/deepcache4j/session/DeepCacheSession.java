// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.policy.Gate;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.schedule.BranchSchedule;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A U-Net that reuses its deep features, or forecasts them: full steps run everything and keep the
 * boundary, cached steps run the rest on what a {@link Policy} makes of the kept ones. Plain reuse
 * is DeepCache (Ma et al. 2024, section 3.2).
 *
 * <p>Every cache key has features of its own, so the two calls that guidance makes for a step do
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
    private final StepRunner runner;
    private final @Nullable DoubleUnaryOperator logSnr;
    private final StepLog log;

    private DeepCacheSession(
            UNet unet,
            StepRunner runner,
            @Nullable DoubleUnaryOperator logSnr,
            Consumer<StepEvent> listener) {
        this.unet = unet;
        this.runner = runner;
        this.logSnr = logSnr;
        this.log = new StepLog(listener);
    }

    /**
     * Settings of a session that reuses the boundary of one branch.
     *
     * @param schedule whether the step with this index is full; {@code index -> index % 5 == 0} is
     *     interval 5
     */
    public static Builder of(UNet unet, CachePlan plan, CacheSchedule schedule) {
        return new Builder(
                unet,
                List.of(plan),
                BranchSchedule.of(schedule, plan.branch()),
                Policy.deepCache(1, plan.branch()));
    }

    /**
     * Settings of a session that follows a policy.
     *
     * @param policy must need no calibration any more
     * @param calls network calls of a run, those that guidance makes for one step counted once
     * @throws IllegalArgumentException if this is no U-Net with the branches of the policy, or the
     *     policy does not fit so many calls
     * @throws IllegalStateException if the policy must be calibrated first
     */
    public static Builder of(UNet unet, Policy policy, int calls) {
        return of(unet, SkipFinder.find(unet), policy, calls);
    }

    /**
     * The same where the anatomy is known.
     *
     * @param anatomy of the U-Net
     * @param policy must need no calibration any more
     * @param calls network calls of a run, those that guidance makes for one step counted once
     * @throws IllegalArgumentException if the U-Net lacks a branch, or the policy does not fit so
     *     many calls
     * @throws IllegalStateException if the policy must be calibrated first
     */
    public static Builder of(UNet unet, AnatomyResult anatomy, Policy policy, int calls) {
        BranchSchedule schedule = policy.placement().schedule(calls);
        List<Integer> branches = schedule.branches(calls);
        List<CachePlan> plans =
                (branches.isEmpty() ? List.of(0) : branches)
                        .stream()
                                .map(branch -> CachePlanner.atBranch(anatomy, branch).orThrow())
                                .toList();
        return new Builder(unet, plans, schedule, policy);
    }

    /** Settings of a session; engine samediff in F32 unless told otherwise. */
    public static final class Builder {

        private final UNet unet;
        private List<CachePlan> plans;
        private final BranchSchedule schedule;
        private final Policy policy;
        private Engine engine = new SameDiffEngine();
        private Precision precision = Precision.F32;
        private Consumer<StepEvent> listener = event -> {};
        private @Nullable DoubleUnaryOperator logSnr;
        private @Nullable CorrectionTable corrections;

        private Builder(UNet unet, List<CachePlan> plans, BranchSchedule schedule, Policy policy) {
            this.unet = unet;
            this.plans = plans;
            this.schedule = schedule;
            this.policy = policy;
        }

        /** Runs in F32 on this engine; {@code Engines.fastest()} is usually the one to take. */
        public Builder engine(Engine engine) {
            return engine(engine, Precision.F32);
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
         * Half the logarithm of the signal-to-noise ratio at a timestep, which policies with {@code
         * snr} take for the abscissa of their forecasts; {@code NoiseSchedule::logSnr}.
         */
        public Builder logSnr(DoubleUnaryOperator logSnr) {
            this.logSnr = logSnr;
            return this;
        }

        /**
         * Branches that the session is compiled for, so that it can {@link #follow} other policies.
         *
         * @param of the U-Net's anatomy
         */
        public Builder branches(AnatomyResult of, List<Integer> branches) {
            this.plans =
                    Stream.concat(plans.stream().map(CachePlan::branch), branches.stream())
                            .distinct()
                            .sorted()
                            .map(branch -> CachePlanner.atBranch(of, branch).orThrow())
                            .toList();
            return this;
        }

        /** Corrections of the forecasts, which policies with {@code affine} need. */
        public Builder corrections(CorrectionTable table) {
            this.corrections = table;
            return this;
        }

        /**
         * Compiles the U-Net in stages around the boundaries of the branches that are used.
         *
         * @throws IllegalArgumentException if a plan does not fit the U-Net, the engine cannot run
         *     it, or the policy needs what was not given
         */
        public DeepCacheSession open() {
            Course course = course(policy, schedule, logSnr, corrections);
            boolean gated = policy.gate() instanceof Gate.SkipChange;
            StagedGraph graph =
                    DeepCacheRewriter.compile(
                            engine,
                            unet.sameDiff(),
                            plans,
                            gated,
                            unet.ports().inputShapes(),
                            precision);
            return new DeepCacheSession(
                    unet, new StepRunner(graph, plans, course), logSnr, listener);
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
        StepRunner.Outcome outcome = runner.run(inputs, step, Shape.of(sample.shape()));
        INDArray result = outcome.prediction().dup();
        log.add(step, outcome.kind(), outcome.branch(), start, outcome.macs());
        return result;
    }

    private static Course course(
            Policy policy,
            BranchSchedule schedule,
            @Nullable DoubleUnaryOperator logSnr,
            @Nullable CorrectionTable corrections) {
        if (policy.forecast() instanceof Fitted fitted && !fitted.isFitted()) {
            throw new IllegalArgumentException(
                    "the forecast of "
                            + policy.tag()
                            + " has weights that calibration finds; run `deepcache calibrate` and"
                            + " give its file");
        }
        return new Course(
                policy,
                schedule,
                Abscissae.of(policy.forecast().abscissa(), logSnr),
                Corrections.of(policy, corrections));
    }

    /**
     * Follows another policy from the next call on, on the graph that is compiled already; features
     * and events are forgotten.
     *
     * @param policy caches at branches that the session was opened for, and has no gate
     * @param calls network calls of a run
     * @param corrections for policies with {@code affine}
     */
    public void follow(Policy policy, int calls, @Nullable CorrectionTable corrections) {
        if (!(policy.gate() instanceof Gate.None)) {
            throw new IllegalArgumentException(
                    "a session cannot change to the gated policy " + policy.tag() + "; open one");
        }
        runner.follow(course(policy, policy.placement().schedule(calls), logSnr, corrections));
        log.clear();
    }

    /** What the session follows. */
    public Policy policy() {
        return runner.policy();
    }

    /** Notes in the record that guidance left a call out. */
    public void skipped(Step step) {
        log.add(step, StepEvent.Kind.SKIPPED, StepEvent.NO_BRANCH, System.nanoTime(), 0);
    }

    /** Events of all calls since the session was opened or reset. */
    public List<StepEvent> events() {
        return log.events();
    }

    /** Bytes that the cached features of all keys take. */
    public long cacheBytes() {
        return runner.cacheBytes();
    }

    /** Forgets features and events. The next call of every key is full. */
    public void reset() {
        runner.reset();
        log.clear();
    }

    @Override
    public void close() {
        runner.close();
    }
}
