// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Root of the mean squared difference over all elements, for latents: nothing is clipped. */
public final class RmsError {

    private RmsError() {}

    /**
     * The error in the unit of the values.
     *
     * @return 0 for equal arrays, NaN if a value is NaN
     * @throws IllegalArgumentException if the shapes differ
     */
    public static double of(INDArray actual, INDArray reference) {
        Elements.requireEqualShapes("the RMS error", actual, reference);
        double[] a = Elements.of(actual);
        double[] r = Elements.of(reference);
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - r[i]) * (a[i] - r[i]);
        }
        return Math.sqrt(squares / a.length);
    }
}
