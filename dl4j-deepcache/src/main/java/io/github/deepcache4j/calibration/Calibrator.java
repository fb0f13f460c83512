// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.policy.Method;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fits policies to a model on some calibration images. The uncached run of a first batch is made
 * and recorded once, and every policy that a search comes upon is judged by how far it moves the
 * final samples from there. What the search finds is then judged on other batches too: on 16 images
 * alone it is often no better for others than what nobody had to search for.
 *
 * <p>Boundary distance alone is no guide: early errors propagate, and a programme over it places
 * the full steps worse than evenly.
 */
public final class Calibrator implements AutoCloseable {

    private final Recording recording;
    private final DeepCacheSession session;
    private final Trial trial;
    private final Validation validation;
    private final int calls;
    private final ModelCosts costs;
    private final Effort effort;
    private final Consumer<String> progress;
    private final FullStepPlacer placer;

    /**
     * How much is run.
     *
     * @param gainNodes steps at which gains are measured
     * @param trials runs of a search
     */
    public record Effort(int gainNodes, int trials) {

        /** Some minutes for a small model. */
        public static final Effort DEFAULT = new Effort(5, 40);
    }

    private Calibrator(
            Recording recording,
            DeepCacheSession session,
            Trial trial,
            Validation validation,
            int calls,
            ModelCosts costs,
            Effort effort,
            Consumer<String> progress) {
        this.recording = recording;
        this.session = session;
        this.trial = trial;
        this.validation = validation;
        this.calls = calls;
        this.costs = costs;
        this.effort = effort;
        this.progress = progress;
        this.placer = new FullStepPlacer(recording, costs, this::tried, calls, effort.trials());
    }

    /**
     * Makes and records the uncached run on the fastest engine that runs here, in F32. For policies
     * that forecast over steps, not over the log-SNR.
     *
     * @param branches that policies will name, the outermost first
     * @param runs one for each batch of images: the first is searched on, the others judge
     * @param calls network calls of a run, those that guidance makes for one step counted once
     * @throws IllegalArgumentException if this is no U-Net with these branches
     */
    public static Calibrator open(
            UNet unet, List<Integer> branches, List<SampleRun> runs, int calls, Effort effort) {
        return open(
                unet,
                SkipFinder.find(unet),
                branches,
                Engines.fastest(),
                Precision.F32,
                runs,
                calls,
                Calibrator::noLogSnr,
                effort,
                line -> {});
    }

    private static double noLogSnr(double timestep) {
        throw new IllegalArgumentException(
                "a forecast over the log-SNR needs to know that of a timestep; open the calibrator"
                        + " with NoiseSchedule::logSnr");
    }

    /**
     * Makes and records the uncached run.
     *
     * @param branches that policies will name
     * @param runs one for each batch of images: the first is searched on, the others judge
     * @param calls network calls of a run, those that guidance makes for one step counted once
     * @param logSnr half the logarithm of the signal-to-noise ratio at a timestep
     * @param progress is told, in one line each, what is done
     * @throws IllegalArgumentException if the U-Net lacks a branch
     */
    public static Calibrator open(
            UNet unet,
            AnatomyResult anatomy,
            List<Integer> branches,
            Engine engine,
            Precision precision,
            List<SampleRun> runs,
            int calls,
            DoubleUnaryOperator logSnr,
            Effort effort,
            Consumer<String> progress) {
        Recording recording =
                Recording.of(
                        unet,
                        branches.stream()
                                .map(branch -> CachePlanner.atBranch(anatomy, branch).orThrow())
                                .toList(),
                        engine,
                        precision);
        try {
            SampleRun run = runs.get(0);
            INDArray uncached = run.samples(recording);
            progress.accept("uncached run recorded, " + recording.calls() + " calls");
            DeepCacheSession session =
                    DeepCacheSession.of(unet, anatomy, Policy.deepCache(1, branches.get(0)), calls)
                            .branches(anatomy, branches)
                            .engine(engine, precision)
                            .logSnr(logSnr)
                            .open();
            Trial trial = new Trial(session, run, calls, uncached, recording.predictions());
            Validation validation =
                    new Validation(trial, session, calls, runs.subList(1, runs.size()), progress);
            double[] timesteps = recording.timesteps(calls);
            ModelCosts costs =
                    new ModelCosts(
                            recording, trial, timesteps, logSnr, effort.gainNodes(), progress);
            return new Calibrator(
                    recording, session, trial, validation, calls, costs, effort, progress);
        } catch (RuntimeException e) {
            recording.close();
            throw e;
        }
    }

    /**
     * Makes a policy ready to run.
     *
     * @throws IllegalArgumentException if it cannot be calibrated, such as one with a gate
     */
    public FittedPolicy fit(Policy policy) {
        if (policy.placement() instanceof Placement.Sought sought
                && sought.method() instanceof Method.Budget) {
            return withinBudget(policy, sought);
        }
        int branch = FullStepPlacer.branch(policy);
        Policy uncorrected = policy.with(Policy.Correction.NONE);
        List<Policy> places =
                placer.places(policy).stream()
                        .map(full -> placer.placed(uncorrected, full, branch))
                        .toList();
        int even = places.size() - 1;
        Policy best =
                even == 0
                        ? places.get(0)
                        : validation.best(List.of(places.get(even)), places.subList(0, even));
        Policy placed = best.with(policy.correction());
        List<Integer> full = placed.placement().schedule(calls).fullSteps(calls);
        Optional<CorrectionTable> table = Optional.empty();
        if (policy.correction() == Policy.Correction.CHANNEL_AFFINE) {
            table =
                    Optional.of(
                            AffineFit.fit(
                                    recording.trace(branch),
                                    costs.errors(branch, policy.forecast()),
                                    full));
        }
        Policy plain =
                Policy.of(
                        new Placement.Listed(FullSteps.evenly(full.size(), calls), branch),
                        new Reuse());
        return fitted(placed, policy.tag(), table, plain);
    }

    private FittedPolicy withinBudget(Policy policy, Placement.Sought sought) {
        if (policy.correction() != Policy.Correction.NONE || policy.horizon() != Policy.UNLIMITED) {
            throw new IllegalArgumentException(
                    policy.tag()
                            + ": 'budget' finds the forecast itself; leave out 'affine' and"
                            + " 'clamp'");
        }
        CachePlan plan = recording.plan(sought.branch());
        int count = (calls + sought.interval() - 1) / sought.interval();
        long budget = count * plan.fullMacs() + (calls - count) * plan.cachedMacs();
        List<CachePlan> plans =
                recording.plans().stream().filter(p -> p.branch() <= plan.branch()).toList();
        Policy plain = Policy.deepCache(sought.interval(), sought.branch());
        Policy best = best(plans, budget, List.of(plain));
        return fitted(best.with(policy.guidance()), policy.tag(), Optional.empty(), plain);
    }

    /** The best within a budget, which plain DeepCache and its forecast by order 2 are too. */
    private Policy best(List<CachePlan> plans, long budget, List<Policy> plain) {
        List<Policy> safe =
                Stream.concat(
                                plain.stream(),
                                plain.stream().map(one -> one.with(new Newton(2, Abscissa.STEP))))
                        .toList();
        BudgetSearch search = new BudgetSearch(plans, calls, budget, costs::costs, this::tried);
        return validation.best(safe, search.search());
    }

    /** A policy that is ready to run, and what it and plain DeepCache are worth. */
    private FittedPolicy fitted(
            Policy policy, String asked, Optional<CorrectionTable> corrections, Policy plain) {
        return new FittedPolicy(
                policy,
                asked,
                corrections,
                validation.errors(policy, corrections.orElse(null)).meanSquare(),
                validation.errors(plain, null).meanSquare());
    }

    /**
     * The best policy that makes a run this many times cheaper, in multiply-accumulates, at
     * whichever of the recorded branches.
     *
     * @param speedup above 1
     * @throws IllegalArgumentException if no branch is cheap enough
     */
    public FittedPolicy fitSpeedup(double speedup) {
        List<CachePlan> all = recording.plans();
        long budget = (long) (all.get(0).fullMacs() * (double) calls / speedup);
        List<CachePlan> plans =
                all.stream()
                        .filter(plan -> BudgetSearch.fullSteps(plan, calls, budget) >= 1)
                        .toList();
        if (plans.isEmpty() || !(speedup > 1)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "a speed-up of %s is out of reach; this model allows up to %.2f",
                            speedup,
                            calls / (1 + (calls - 1) * all.get(0).share())));
        }
        List<Policy> plain = plans.stream().map(plan -> plain(plan, budget)).toList();
        Policy best = best(plans, budget, plain);
        Policy bestPlain = validation.best(plain, List.of());
        return fitted(best, bestPlain.tag(), Optional.empty(), bestPlain);
    }

    /** Plain DeepCache with the smallest interval within a budget. */
    private Policy plain(CachePlan plan, long budget) {
        int most = BudgetSearch.fullSteps(plan, calls, budget);
        return Policy.deepCache((calls + most - 1) / most, plan.branch());
    }

    private double tried(Policy policy) {
        double error = trial.error(policy);
        progress.accept(String.format(Locale.ROOT, "%s: %.5f RMS", policy.tag(), Math.sqrt(error)));
        return error;
    }

    @Override
    public void close() {
        recording.close();
        session.close();
    }
}
