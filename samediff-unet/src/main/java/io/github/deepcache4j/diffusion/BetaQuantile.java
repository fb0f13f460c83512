// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * Quantiles of the beta distribution with both parameters a = 0.6, as {@code
 * scipy.stats.beta.ppf(q, 0.6, 0.6)}: bisection on its distribution function I_x(a, a).
 *
 * <p>I_x is x^a (1 - x)^a / (a B(a, a)) times a continued fraction (DLMF 8.17.22), which converges
 * quickly for x up to 1/2; beyond, I_x = 1 - I_(1 - x).
 */
final class BetaQuantile {

    private static final double A = 0.6;

    /** B(0.6, 0.6) = Gamma(0.6)² / Gamma(1.2). */
    private static final double BETA = 1.489192248812817 * 1.489192248812817 / 0.9181687423997607;

    private static final int TERMS = 60;
    private static final int HALVINGS = 80;

    private BetaQuantile() {}

    /**
     * x with I_x = q.
     *
     * @param q from 0 to 1
     */
    static double of(double q) {
        if (q > 0.5) {
            return 1 - of(1 - q);
        }
        double low = 0;
        double high = 0.5;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (distribution(middle) < q) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return q == 0 ? 0 : (low + high) / 2;
    }

    /** I_x for x up to 1/2. The fraction is summed from its far end. */
    private static double distribution(double x) {
        double tail = 1;
        for (int term = TERMS; term >= 1; term--) {
            int m = term / 2;
            double d =
                    term % 2 == 0
                            ? m * (A - m) * x / ((A + 2 * m - 1) * (A + 2 * m))
                            : -(A + m) * (2 * A + m) * x / ((A + 2 * m) * (A + 2 * m + 1));
            tail = 1 + d / tail;
        }
        return Math.pow(x * (1 - x), A) / (A * BETA * tail);
    }
}
