// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Forecast;

/**
 * What a forecast would have missed the boundaries of the uncached run by, for any anchors, from
 * inner products alone: ||F_i - sum w_j F_sj||² is a quadratic form of them. No network runs.
 */
final class ForecastErrors {

    /** Keeps least squares from playing nearly equal anchors off against each other. */
    private static final double RIDGE = 1e-6;

    private final double[][] gram;
    private final double[] abscissae;
    private final Forecast forecast;

    /**
     * @param gram inner products of the boundaries of all steps
     * @param abscissae of all steps, as the forecast counts them
     */
    ForecastErrors(double[][] gram, double[] abscissae, Forecast forecast) {
        this.gram = gram;
        this.abscissae = abscissae;
        this.forecast = forecast;
    }

    int steps() {
        return gram.length;
    }

    /** Anchors that the forecast looks back on. */
    int anchors() {
        return forecast.anchors();
    }

    /**
     * Weights of the anchors in the forecast of a step.
     *
     * @param anchors full steps before it, the newest first, no more than the forecast takes
     */
    double[] weights(int[] anchors, int step) {
        if (forecast instanceof Fitted) {
            return fitted(anchors, step);
        }
        double[] at = new double[anchors.length];
        for (int j = 0; j < at.length; j++) {
            at[j] = abscissae[anchors[j]];
        }
        return forecast.weights(at, abscissae[step]);
    }

    private double[] fitted(int[] anchors, int step) {
        int n = anchors.length;
        double[][] system = new double[n][n + 1];
        for (int j = 0; j < n; j++) {
            for (int m = 0; m < n; m++) {
                system[j][m] = gram[anchors[j]][anchors[m]];
            }
            system[j][j] += RIDGE * gram[anchors[j]][anchors[j]];
            system[j][n] = gram[anchors[j]][step];
        }
        // positive definite by the ridge: elimination needs no pivoting
        for (int j = 0; j < n; j++) {
            for (int row = j + 1; row < n; row++) {
                double factor = system[row][j] / system[j][j];
                for (int m = j; m <= n; m++) {
                    system[row][m] -= factor * system[j][m];
                }
            }
        }
        double[] weights = new double[n];
        for (int j = n - 1; j >= 0; j--) {
            double rest = system[j][n];
            for (int m = j + 1; m < n; m++) {
                rest -= system[j][m] * weights[m];
            }
            weights[j] = system[j][j] == 0 ? 0 : rest / system[j][j];
        }
        return weights;
    }

    /** ||F_i - forecast||², of all elements. */
    double squared(int[] anchors, int step) {
        double[] weights = weights(anchors, step);
        double sum = gram[step][step];
        for (int j = 0; j < anchors.length; j++) {
            sum -= 2 * weights[j] * gram[step][anchors[j]];
            for (int m = 0; m < anchors.length; m++) {
                sum += weights[j] * weights[m] * gram[anchors[j]][anchors[m]];
            }
        }
        return Math.max(0, sum);
    }
}
