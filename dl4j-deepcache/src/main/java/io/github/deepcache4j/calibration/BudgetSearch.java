// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Good policies within a budget of multiply-accumulates: which branch, hence how many full steps;
 * how these are spread; which order of forecast; and whether single steps had better be cached
 * further in.
 *
 * <p>Only regular spacings are tried. The error of the final samples is so rugged a function of the
 * positions that moving them one by one finds what suits the calibration images and nothing else.
 */
final class BudgetSearch {

    /** Units of a full step in which the knapsack counts. */
    private static final int UNITS = 1000;

    /** Policies that are worth running on more images. */
    private static final int FINALISTS = 4;

    /** Branches are looked into whose first error is within this factor of the least. */
    private static final double PROMISING = 2;

    private static final Forecast FIRST = new Newton(2, Abscissa.STEP);

    private static final List<Forecast> OTHERS = List.of(new Newton(1, Abscissa.STEP), new Reuse());

    /** What the search asks of the calibration. */
    interface Costs {

        StepCosts of(int branch, Forecast forecast);
    }

    private final List<CachePlan> plans;
    private final int calls;
    private final long budget;
    private final Costs costs;
    private final ToDoubleFunction<Policy> trial;
    private final Map<Policy, Double> tried = new LinkedHashMap<>();

    /**
     * @param plans of the branches to choose from, the outermost first
     * @param budget multiply-accumulates of the run
     * @param trial error of the final samples
     */
    BudgetSearch(
            List<CachePlan> plans,
            int calls,
            long budget,
            Costs costs,
            ToDoubleFunction<Policy> trial) {
        this.plans = plans;
        this.calls = calls;
        this.budget = budget;
        this.costs = costs;
        this.trial = trial;
    }

    /** The full steps that a branch leaves the budget for. */
    static int fullSteps(CachePlan plan, int calls, long budget) {
        long rest = budget - calls * plan.cachedMacs();
        return (int) Math.min(calls, rest / (plan.fullMacs() - plan.cachedMacs()));
    }

    /** Good policies within the budget, the best first. */
    List<Policy> search() {
        List<CachePlan> affordable =
                plans.stream().filter(plan -> fullSteps(plan, calls, budget) >= 1).toList();
        double least =
                affordable.stream()
                        .mapToDouble(plan -> consider(spread(plan).get(0)))
                        .min()
                        .orElse(Double.POSITIVE_INFINITY);
        for (CachePlan plan : affordable) {
            if (consider(spread(plan).get(0)) <= PROMISING * least) {
                screen(plan);
            }
        }
        for (int fewer = 0; fewer <= 2 && plans.size() > 1; fewer++) {
            mixed(best(1).get(0), fewer);
        }
        return best(FINALISTS);
    }

    /** The regular spacings of as many full steps as a branch leaves. */
    private List<Policy> spread(CachePlan plan) {
        return FullSteps.spacings(fullSteps(plan, calls, budget), calls).stream()
                .map(full -> policy(full, plan.branch()))
                .toList();
    }

    /** Tries the spacings at a branch, and other orders with the best of them. */
    private void screen(CachePlan plan) {
        Policy best = Collections.min(spread(plan), Comparator.comparingDouble(this::consider));
        OTHERS.forEach(forecast -> consider(best.with(forecast)));
    }

    private Policy policy(List<Integer> full, int branch) {
        int interval = full.size() < 2 ? calls : full.get(1) - full.get(0);
        Placement uniform = new Placement.Uniform(interval, branch);
        return Policy.of(
                uniform.schedule(calls).fullSteps(calls).equals(full)
                        ? uniform
                        : new Placement.Listed(full, branch),
                FIRST);
    }

    /** Spends what some fewer full steps leave on deeper cached steps. */
    private void mixed(Policy policy, int fewer) {
        Forecast forecast = policy.forecast();
        List<Integer> all = policy.placement().schedule(calls).fullSteps(calls);
        int count = all.size() - fewer;
        if (count < forecast.anchors()) {
            return;
        }
        StepCosts outermost = costs.of(plans.get(0).branch(), forecast);
        List<Integer> full =
                fewer == 0
                        ? all
                        : Collections.min(
                                FullSteps.spacings(count, calls),
                                Comparator.comparingDouble(outermost::of));
        int[] prices = new int[plans.size()];
        for (int b = 0; b < prices.length; b++) {
            prices[b] = (int) Math.ceil(UNITS * plans.get(b).share());
        }
        int units =
                (int)
                        Math.min(
                                (double) UNITS * calls,
                                Math.floor((double) UNITS * budget / plans.get(0).fullMacs())
                                        - (double) UNITS * full.size());
        List<Integer> cached = new ArrayList<>();
        for (int step = 0; step < calls; step++) {
            if (!full.contains(step)) {
                cached.add(step);
            }
        }
        if (units < cached.size() * (long) prices[0]) {
            return;
        }
        double[][] table = new double[cached.size()][prices.length];
        for (int b = 0; b < prices.length; b++) {
            StepCosts expected = costs.of(plans.get(b).branch(), forecast);
            for (int i = 0; i < cached.size(); i++) {
                int step = cached.get(i);
                table[i][b] = expected.of(FullSteps.before(full, step, forecast.anchors()), step);
            }
        }
        List<Integer> chosen = BranchKnapsack.choose(table, prices, units);
        List<Integer> kinds = new ArrayList<>(Collections.nCopies(calls, BranchSchedule.FULL));
        for (int i = 0; i < cached.size(); i++) {
            kinds.set(cached.get(i), plans.get(chosen.get(i)).branch());
        }
        if (chosen.stream().distinct().count() > 1) {
            consider(Policy.of(new Placement.Mixed(kinds), forecast));
        }
    }

    /** The error of a policy, which is run at most once. */
    private double consider(Policy policy) {
        return tried.computeIfAbsent(
                policy,
                one -> {
                    double error = trial.applyAsDouble(one);
                    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                });
    }

    private List<Policy> best(int most) {
        return tried.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
    }
}
