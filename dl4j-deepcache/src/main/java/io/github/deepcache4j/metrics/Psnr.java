// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Peak signal-to-noise ratio: 10 log10(peak² / MSE), in decibels. MSE is the mean of the squared
 * differences, pooled over all elements of all images (not a mean of each image's ratio, which one
 * perfect image would make infinite).
 */
public final class Psnr {

    /** Images in [-1, 1]: the largest possible difference of two pixels. */
    private static final double IMAGE_PEAK = 2;

    private Psnr() {}

    /**
     * The ratio for images in [-1, 1]; values outside are clipped first, as they are when an image
     * is saved.
     *
     * @param images {@code [batch, channels, height, width]}
     * @param reference of the same shape
     * @return decibels; infinity for equal images, NaN if a value is NaN
     * @throws IllegalArgumentException if the shapes differ
     */
    public static double ofImages(INDArray images, INDArray reference) {
        return of(Elements.ofImages(images), Elements.ofImages(reference), IMAGE_PEAK);
    }

    /**
     * The ratio for values of any range.
     *
     * @param peak largest possible difference
     * @throws IllegalArgumentException if the shapes differ
     */
    public static double of(INDArray actual, INDArray reference, double peak) {
        return of(Elements.of(actual), Elements.of(reference), peak);
    }

    private static double of(double[] actual, double[] reference, double peak) {
        if (actual.length != reference.length) {
            throw new IllegalArgumentException(
                    "PSNR compares arrays of one size, not of "
                            + actual.length
                            + " and "
                            + reference.length
                            + " elements");
        }
        double squares = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = actual[i] - reference[i];
            squares += difference * difference;
        }
        return 10 * Math.log10(peak * peak / (squares / actual.length));
    }
}
