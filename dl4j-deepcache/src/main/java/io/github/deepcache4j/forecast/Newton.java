// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

/**
 * The polynomial through the last anchors, with true divided differences, so uneven gaps do no
 * harm:
 *
 * <pre>F[s0] + (i - s0) F[s0,s1] + (i - s0)(i - s1) F[s0,s1,s2] + ...</pre>
 *
 * <p>Written for the values themselves its weights are Lagrange's, prod (i - s_m) / (s_j - s_m):
 * the same polynomial, which reproduces polynomials of its order exactly.
 *
 * @param order degree of the polynomial, 0 (reuse) to 3
 * @param abscissa what the steps are spaced by
 */
public record Newton(int order, Abscissa abscissa) implements Forecast {

    /** Beyond it, rounding and curvature win. */
    static final int HIGHEST = 3;

    public Newton {
        if (order < 0 || order > HIGHEST) {
            throw new IllegalArgumentException(
                    "a Newton forecast of order " + order + "; the orders are 0 to " + HIGHEST);
        }
    }

    @Override
    public int anchors() {
        return order + 1;
    }

    @Override
    public String tag() {
        return "newton" + order + (abscissa == Abscissa.LOG_SNR ? ".snr" : "");
    }

    @Override
    public void weigh(double[] anchors, int count, double at, double[] weights) {
        for (int j = 0; j < count; j++) {
            double weight = 1;
            for (int m = 0; m < count; m++) {
                if (m != j) {
                    weight *= (at - anchors[m]) / (anchors[j] - anchors[m]);
                }
            }
            weights[j] = weight;
        }
    }
}
