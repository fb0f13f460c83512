// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.policy.Method;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.UniformSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Finds the full steps of policies that cache at one branch, and what is fitted for them. */
final class FullStepPlacer {

    /** Lags that SmoothCache tries. */
    private static final int SMOOTH_LAGS = 3;

    /** Segments of the programme are at most this many times the mean. */
    private static final int LONGEST = 3;

    private final Recording recording;
    private final ModelCosts costs;
    private final ToDoubleFunction<Policy> tried;
    private final int calls;
    private final int trials;

    /**
     * @param tried the error of the final samples under a policy
     * @param calls network calls of a run
     * @param trials most runs of a search
     */
    FullStepPlacer(
            Recording recording,
            ModelCosts costs,
            ToDoubleFunction<Policy> tried,
            int calls,
            int trials) {
        this.recording = recording;
        this.costs = costs;
        this.tried = tried;
        this.calls = calls;
        this.trials = trials;
    }

    /**
     * The branch that a policy caches at.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static int branch(Policy policy) {
        if (policy.placement() instanceof Placement.Sought sought) {
            return sought.branch();
        }
        List<Integer> branches = policy.placement().schedule(1000).branches(1000);
        if (branches.size() != 1) {
            throw new IllegalArgumentException(
                    "cannot calibrate " + policy.tag() + ": it caches at the branches " + branches);
        }
        return branches.get(0);
    }

    /** The policy with these full steps, and weights fitted for them. */
    Policy placed(Policy policy, List<Integer> full, int branch) {
        Policy there = policy.with(new Placement.Listed(full, branch));
        if (!(policy.forecast() instanceof Fitted fitted)) {
            return there;
        }
        ForecastErrors errors = costs.errors(branch, fitted);
        Map<Integer, List<Double>> weights = new TreeMap<>();
        for (int step = 0; step < calls; step++) {
            if (!full.contains(step)) {
                int[] anchors = FullSteps.before(full, step, fitted.most());
                weights.put(step, Arrays.stream(errors.weights(anchors, step)).boxed().toList());
            }
        }
        return there.with(new Fitted(fitted.most(), weights));
    }

    /**
     * The full steps that a policy asks for, as it lists them or found as it says.
     *
     * @return also evenly spaced ones where they were searched for, to judge both on other images
     */
    List<List<Integer>> places(Policy policy) {
        if (!(policy.placement() instanceof Placement.Sought sought)) {
            return List.of(policy.placement().schedule(calls).fullSteps(calls));
        }
        List<Integer> found = place(policy, sought);
        return sought.method() instanceof Method.Search
                ? Stream.of(found, uniform(sought.interval())).distinct().toList()
                : List.of(found);
    }

    private List<Integer> place(Policy policy, Placement.Sought sought) {
        int branch = sought.branch();
        BoundaryTrace trace = recording.trace(branch);
        Method method = sought.method();
        if (method instanceof Method.Smooth smooth) {
            List<double[]> lags = new ArrayList<>();
            for (int lag = 1; lag <= SMOOTH_LAGS; lag++) {
                lags.add(trace.lagErrors(lag));
            }
            return ThresholdScan.smooth(lags, calls, smooth.threshold());
        }
        if (method instanceof Method.Change change) {
            return ThresholdScan.accumulated(trace.lagErrors(1), change.threshold());
        }
        int count = (calls + sought.interval() - 1) / sought.interval();
        StepCosts expected = costs.costs(branch, policy.forecast());
        List<List<Integer>> starts = new ArrayList<>();
        if (expected.anchors() <= Programme.MOST_ANCHORS) {
            starts.add(Programme.best(expected, count, LONGEST * sought.interval()));
        }
        if (method instanceof Method.Programme && !starts.isEmpty()) {
            return starts.get(0);
        }
        starts.addAll(FullSteps.starts(count, calls));
        starts.add(uniform(sought.interval()));
        DirectSearch surrogate = new DirectSearch(expected::of, calls, Integer.MAX_VALUE);
        starts.add(surrogate.best(starts));
        DirectSearch search =
                new DirectSearch(
                        full ->
                                tried.applyAsDouble(
                                        placed(policy.with(Policy.Correction.NONE), full, branch)),
                        calls,
                        trials);
        return search.best(starts.stream().distinct().toList());
    }

    private List<Integer> uniform(int interval) {
        return new UniformSchedule(interval).fullSteps(calls);
    }
}
