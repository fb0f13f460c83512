// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.List;

/**
 * What a list of full steps costs: the mean squared error of the final samples that the forecasts
 * of its cached steps are expected to make. The error of a step's boundary reaches the final sample
 * with a measured gain ({@link Gains}), and errors of different steps are added as if they had
 * nothing to do with each other, so the cost is a sum over steps.
 */
final class StepCosts {

    private final ForecastErrors errors;
    private final double[] gains;

    /**
     * @param gains final squared error for each unit of squared boundary error, by step
     */
    StepCosts(ForecastErrors errors, double[] gains) {
        this.errors = errors;
        this.gains = gains.clone();
    }

    StepCosts withGains(double[] other) {
        return new StepCosts(errors, other);
    }

    int steps() {
        return errors.steps();
    }

    int anchors() {
        return errors.anchors();
    }

    /** Cost of one cached step. */
    double of(int[] anchors, int step) {
        return gains[step] * errors.squared(anchors, step);
    }

    /** Cost of a whole run. */
    double of(List<Integer> full) {
        double sum = 0;
        for (int step = 0; step < steps(); step++) {
            if (!full.contains(step)) {
                sum += of(FullSteps.before(full, step, anchors()), step);
            }
        }
        return sum;
    }
}
