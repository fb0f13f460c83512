// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How strongly an error of the boundary at a step reaches the final sample: measured by runs in
 * which that step alone is cached, at some steps, and interpolated between them in the logarithm.
 */
final class Gains {

    private Gains() {}

    /**
     * Final squared error for each unit of squared boundary error, by step.
     *
     * @param trial on the uncached run
     * @param gram inner products of the boundary
     * @param nodes number of steps to measure at, at least 2
     */
    static double[] measure(Trial trial, double[][] gram, int branch, int nodes) {
        int steps = gram.length;
        List<Integer> at = new ArrayList<>();
        List<Double> logs = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            int step = 1 + (int) Math.round((steps - 2.0) * n / Math.max(1, nodes - 1));
            if (step < 1 || step >= steps || at.contains(step)) {
                continue;
            }
            double change = gram[step][step] - 2 * gram[step][step - 1] + gram[step - 1][step - 1];
            double error = trial.probe(onlyCached(steps, step, branch), null).meanSquare();
            if (change > 0 && error > 0 && Double.isFinite(error)) {
                at.add(step);
                logs.add(Math.log(error / change));
            }
        }
        double[] gains = new double[steps];
        for (int step = 0; step < steps; step++) {
            gains[step] = at.isEmpty() ? 1 : Math.exp(interpolated(at, logs, step));
        }
        return gains;
    }

    private static Policy onlyCached(int steps, int step, int branch) {
        List<Integer> kinds = new ArrayList<>(Collections.nCopies(steps, BranchSchedule.FULL));
        kinds.set(step, branch);
        return Policy.of(new Placement.Mixed(kinds), new Reuse());
    }

    private static double interpolated(List<Integer> at, List<Double> values, int step) {
        int next = 0;
        while (next < at.size() && at.get(next) < step) {
            next++;
        }
        if (next == 0) {
            return values.get(0);
        }
        if (next == at.size()) {
            return values.get(next - 1);
        }
        double share = (double) (step - at.get(next - 1)) / (at.get(next) - at.get(next - 1));
        return values.get(next - 1) * (1 - share) + values.get(next) * share;
    }
}
