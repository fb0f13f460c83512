// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The size of a difference beside the size of the reference, 0 for equal arrays: |a - r| / |r| in
 * the L1 norm (sum of magnitudes) or the L2 norm (root of the sum of squares), over all elements.
 *
 * @param l1 in the L1 norm
 * @param l2 in the L2 norm
 */
public record RelativeError(double l1, double l2) {

    /**
     * The error of arrays of any shape.
     *
     * @return infinite if the reference is zero and the other is not; NaN if both are zero or a
     *     value is NaN
     * @throws IllegalArgumentException if the shapes differ
     */
    public static RelativeError of(INDArray actual, INDArray reference) {
        Elements.requireEqualShapes("the relative error", actual, reference);
        double[] a = Elements.of(actual);
        double[] r = Elements.of(reference);
        double magnitudes = 0;
        double squares = 0;
        double referenceMagnitudes = 0;
        double referenceSquares = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - r[i];
            magnitudes += Math.abs(difference);
            squares += difference * difference;
            referenceMagnitudes += Math.abs(r[i]);
            referenceSquares += r[i] * r[i];
        }
        return new RelativeError(
                magnitudes / referenceMagnitudes, Math.sqrt(squares / referenceSquares));
    }
}
