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
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The best policy within a budget of multiply-accumulates: which branch, hence how many full steps;
 * which order of forecast; where the full steps are; and whether single steps had better be cached
 * further in. Plain DeepCache of that budget is one of the candidates, so the result is no worse on
 * the calibration images.
 */
final class BudgetSearch {

    /** Units of a full step in which the knapsack counts. */
    private static final int UNITS = 1000;

    private static final List<Forecast> FORECASTS =
            List.of(
                    new Newton(2, Abscissa.STEP),
                    new Newton(1, Abscissa.STEP),
                    new Newton(3, Abscissa.STEP),
                    new Reuse());

    /** What the search asks of the calibration. */
    interface Costs {

        StepCosts of(int branch, Forecast forecast);
    }

    private final List<CachePlan> plans;
    private final int calls;
    private final long budget;
    private final Costs costs;
    private final ToDoubleFunction<Policy> trial;
    private final int trials;
    private @Nullable Policy best;
    private double least = Double.POSITIVE_INFINITY;

    /**
     * @param plans of the branches to choose from, the outermost first
     * @param budget multiply-accumulates of the run
     * @param trial error of the final samples
     * @param trials most runs of the search over positions
     */
    BudgetSearch(
            List<CachePlan> plans,
            int calls,
            long budget,
            Costs costs,
            ToDoubleFunction<Policy> trial,
            int trials) {
        this.plans = plans;
        this.calls = calls;
        this.budget = budget;
        this.costs = costs;
        this.trial = trial;
        this.trials = trials;
    }

    /** The full steps that a branch leaves the budget for. */
    static int fullSteps(CachePlan plan, int calls, long budget) {
        long rest = budget - calls * plan.cachedMacs();
        return (int) Math.min(calls, rest / (plan.fullMacs() - plan.cachedMacs()));
    }

    /**
     * Searches.
     *
     * @param plain plain DeepCache within this budget, at one branch or several
     */
    Policy search(List<Policy> plain) {
        plain.forEach(this::consider);
        for (int b = 0; b < plans.size(); b++) {
            screen(plans.get(b));
        }
        Policy chosen = best;
        if (chosen == null) {
            throw new IllegalArgumentException(
                    "no policy of this budget gives finite samples; give a smaller interval");
        }
        if (plain.contains(chosen)) {
            return chosen;
        }
        Forecast forecast = chosen.forecast();
        int branch = ((Placement.Listed) chosen.placement()).branch();
        List<Integer> even = chosen.placement().schedule(calls).fullSteps(calls);
        List<Integer> placed = positions(even, branch, forecast, even.size());
        for (int fewer = 0; fewer <= 2 && plans.size() > 1; fewer++) {
            mixed(placed, fewer, forecast);
        }
        Policy placement = best == null ? chosen : best;
        if (placement.forecast() instanceof Newton newton) {
            new SegmentOrders(placement, calls, this::consider)
                    .search(newton.order(), least, trials);
        }
        return best == null ? placement : best;
    }

    /** Tries all orders of forecast on as many evenly spaced full steps as a branch leaves. */
    private void screen(CachePlan plan) {
        int count = fullSteps(plan, calls, budget);
        if (count >= 1) {
            for (Forecast forecast : FORECASTS) {
                consider(policy(FullSteps.evenly(count, calls), plan.branch(), forecast));
            }
        }
    }

    private List<Integer> positions(List<Integer> even, int branch, Forecast forecast, int count) {
        StepCosts expected = costs.of(branch, forecast);
        List<List<Integer>> starts = new ArrayList<>();
        starts.add(even);
        if (expected.anchors() <= Programme.MOST_ANCHORS) {
            starts.add(Programme.best(expected, count, Math.max(4, 3 * calls / count)));
        }
        starts.add(new DirectSearch(expected::of, calls, Integer.MAX_VALUE).best(starts));
        return new DirectSearch(full -> consider(policy(full, branch, forecast)), calls, trials)
                .best(starts.stream().distinct().toList());
    }

    /** Spends what some fewer full steps leave on deeper cached steps. */
    private void mixed(List<Integer> placed, int fewer, Forecast forecast) {
        int count = placed.size() - fewer;
        if (count < forecast.anchors()) {
            return;
        }
        List<Integer> full =
                fewer == 0
                        ? placed
                        : new DirectSearch(
                                        costs.of(plans.get(0).branch(), forecast)::of,
                                        calls,
                                        Integer.MAX_VALUE)
                                .best(List.of(FullSteps.evenly(count, calls)));
        int[] prices = new int[plans.size()];
        for (int b = 0; b < prices.length; b++) {
            prices[b] = (int) Math.ceil(UNITS * plans.get(b).share());
        }
        int units =
                (int)
                        Math.min(
                                (double) UNITS * calls,
                                Math.floor((double) UNITS * budget / plans.get(0).fullMacs())
                                        - (double) UNITS * count);
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

    private static Policy policy(List<Integer> full, int branch, Forecast forecast) {
        return Policy.of(new Placement.Listed(full, branch), forecast);
    }

    private double consider(Policy policy) {
        double error = trial.applyAsDouble(policy);
        if (error < least) {
            least = error;
            best = policy;
        }
        return error;
    }
}
