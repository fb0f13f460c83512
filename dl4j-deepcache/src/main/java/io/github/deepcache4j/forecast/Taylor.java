// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

import java.util.Arrays;

/**
 * TaylorSeer as published (Liu et al. 2025; the code of cache-dit and diffusers): differences stand
 * in for derivatives. At a full step, with the gap w to the one before,
 *
 * <pre>
 * D0 = F;   D(j+1) = (Dj - Dj of the full step before) / w
 * forecast k steps later = sum over j of Dj k^j / j!
 * </pre>
 *
 * <p>From order 2 on, D(j+1) belongs to an earlier place than D0, and with uneven gaps the second
 * difference is divided by the last gap alone: not exact even for a parabola, as {@link Newton} is.
 * Kept for comparison with published numbers.
 *
 * @param order highest difference, 0 (reuse) to 3
 */
public record Taylor(int order) implements Forecast {

    public Taylor {
        if (order < 0 || order > Newton.HIGHEST) {
            throw new IllegalArgumentException(
                    "a Taylor forecast of order "
                            + order
                            + "; the orders are 0 to "
                            + Newton.HIGHEST);
        }
    }

    @Override
    public int anchors() {
        return order + 1;
    }

    @Override
    public Abscissa abscissa() {
        return Abscissa.STEP;
    }

    @Override
    public String tag() {
        return "taylor" + order;
    }

    @Override
    public void weigh(double[] anchors, int count, double at, double[] weights) {
        double elapsed = at - anchors[0];
        Arrays.fill(weights, 0, count, 0);
        double factor = 1;
        for (int j = 0; j < count; j++) {
            double[] difference = difference(j, 0, anchors);
            for (int m = 0; m < difference.length; m++) {
                weights[m] += factor * difference[m];
            }
            factor *= elapsed / (j + 1);
        }
    }

    /** Coefficients of the anchors, the newest first, in D(order) of an anchor. */
    private static double[] difference(int order, int anchor, double[] anchors) {
        double[] result = new double[anchor + order + 1];
        if (order == 0) {
            result[anchor] = 1;
            return result;
        }
        double gap = anchors[anchor] - anchors[anchor + 1];
        double[] here = difference(order - 1, anchor, anchors);
        double[] before = difference(order - 1, anchor + 1, anchors);
        for (int m = 0; m < result.length; m++) {
            result[m] = ((m < here.length ? here[m] : 0) - before[m]) / gap;
        }
        return result;
    }
}
