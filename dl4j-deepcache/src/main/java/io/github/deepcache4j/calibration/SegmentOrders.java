// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * An order of forecast for every segment between full steps, by trial: in some the boundary bends,
 * in others a higher order only amplifies what is uneven. Between orders 1 and 2, and 2 and 3,
 * their mean is tried too. The result is a table of weights ({@link Fitted}).
 */
final class SegmentOrders {

    private static final int ANCHORS = 4;

    /** Twice the order: odd numbers are means of two. */
    private static final int HIGHEST = 2 * (ANCHORS - 1);

    private final Policy policy;
    private final List<Integer> full;
    private final BranchSchedule schedule;
    private final int calls;
    private final ToDoubleFunction<Policy> trial;

    /**
     * @param policy of which the forecast is replaced
     * @param trial error of the final samples
     */
    SegmentOrders(Policy policy, int calls, ToDoubleFunction<Policy> trial) {
        this.policy = policy;
        this.schedule = policy.placement().schedule(calls);
        this.full = schedule.fullSteps(calls);
        this.calls = calls;
        this.trial = trial;
    }

    /**
     * Tries other orders segment by segment, from the first on, as long as that helps.
     *
     * @param order of all segments at the beginning
     * @param error of the policy as it is
     * @param trials most runs
     */
    void search(int order, double error, int trials) {
        int[] doubled = new int[full.size()];
        Arrays.fill(doubled, 2 * order);
        double least = error;
        int left = trials;
        for (int segment = 1; segment < doubled.length; segment++) {
            for (int step : new int[] {-1, 1}) {
                int most = Math.min(HIGHEST, 2 * segment);
                int from = Math.min(doubled[segment], most);
                boolean helps = true;
                while (helps && left > 0 && from + step >= 0 && from + step <= most) {
                    int[] other = doubled.clone();
                    other[segment] = from + step;
                    double tried = trial.applyAsDouble(with(other));
                    left--;
                    helps = tried < DirectSearch.WORTHWHILE * least;
                    if (helps) {
                        least = tried;
                        doubled = other;
                        from += step;
                    }
                }
            }
        }
    }

    private Policy with(int[] doubled) {
        Map<Integer, List<Double>> weights = new TreeMap<>();
        int segment = -1;
        for (int step = 0; step < calls; step++) {
            if (schedule.branch(step) == BranchSchedule.FULL) {
                segment++;
            } else {
                weights.put(
                        step,
                        weights(FullSteps.before(full, step, ANCHORS), step, doubled[segment]));
            }
        }
        return policy.with(new Fitted(ANCHORS, weights));
    }

    private static List<Double> weights(int[] anchors, int step, int doubled) {
        double[] sum = new double[anchors.length];
        for (int order : new int[] {doubled / 2, (doubled + 1) / 2}) {
            int count = Math.min(order + 1, anchors.length);
            double[] at = new double[count];
            for (int j = 0; j < count; j++) {
                at[j] = anchors[j];
            }
            double[] weights =
                    new Newton(Math.min(order, count - 1), Abscissa.STEP).weights(at, step);
            for (int j = 0; j < count; j++) {
                sum[j] += weights[j] / 2;
            }
        }
        List<Double> result = new ArrayList<>();
        for (double weight : sum) {
            result.add(weight);
        }
        return result;
    }
}
