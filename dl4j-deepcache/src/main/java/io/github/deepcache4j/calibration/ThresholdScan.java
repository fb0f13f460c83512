// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.List;

/** Full steps from a threshold on how much the boundary changes, as two papers place them. */
final class ThresholdScan {

    private ThresholdScan() {}

    /**
     * SmoothCache's greedy scan (Liu et al. 2024; calibration_helper.py): at each full step the
     * longest reuse whose <em>last</em> error is within the threshold; errors on the way, and of
     * reuses before, are not looked at.
     *
     * @param lagErrors element j-1 has the relative L1 errors at lag j, from the first pair on; the
     *     first L lags are tried, the longest first
     * @param threshold alpha
     * @return ascending from 0
     */
    static List<Integer> smooth(List<double[]> lagErrors, int steps, double threshold) {
        List<Integer> full = new ArrayList<>();
        int step = 0;
        while (step < steps) {
            full.add(step);
            int cached = 0;
            for (int lag = lagErrors.size(); lag >= 1 && cached == 0; lag--) {
                double[] errors = lagErrors.get(lag - 1);
                if (step < errors.length && errors[step] <= threshold) {
                    cached = lag;
                }
            }
            step += cached + 1;
        }
        return full;
    }

    /**
     * Block caching's rule (Wimbauer et al. 2024, eq. 3 and 4): the boundary is kept until its
     * relative changes from step to step, added up since the last full step, are above the
     * threshold.
     *
     * @param changes ||F_i - F_(i-1)||_1 / ||F_i||_1 for i from 1 on
     * @param threshold delta
     * @return ascending from 0
     */
    static List<Integer> accumulated(double[] changes, double threshold) {
        List<Integer> full = new ArrayList<>(List.of(0));
        double sum = 0;
        for (int step = 1; step <= changes.length; step++) {
            sum += changes[step - 1];
            if (sum > threshold) {
                full.add(step);
                sum = 0;
            }
        }
        return full;
    }
}
