// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far final samples are from the uncached ones.
 *
 * @param meanSquares mean squared error of every image
 */
record SampleErrors(double[] meanSquares) {

    /** Errors that are smaller by less may as well be so by chance. */
    private static final double WORTHWHILE = 0.95;

    /** As many standard errors as chance may make of a difference. */
    private static final double CHANCE = 2;

    /**
     * Errors of a batch.
     *
     * @param samples {@code [images, ...]}
     * @param uncached of the same shape
     */
    static SampleErrors of(INDArray samples, INDArray uncached) {
        INDArray difference = samples.sub(uncached);
        double[] meanSquares = new double[(int) difference.size(0)];
        for (int image = 0; image < meanSquares.length; image++) {
            INDArray one = difference.slice(image);
            double norm = one.norm2Number().doubleValue();
            meanSquares[image] = norm * norm / one.length();
        }
        return new SampleErrors(meanSquares);
    }

    /** Those of two batches together. */
    SampleErrors and(SampleErrors other) {
        return new SampleErrors(
                DoubleStream.concat(Arrays.stream(meanSquares), Arrays.stream(other.meanSquares))
                        .toArray());
    }

    /** Mean squared error of all images together: what PSNR is made of. */
    double meanSquare() {
        return Arrays.stream(meanSquares).average().orElse(Double.NaN);
    }

    /**
     * What policies are chosen by: the square of the mean over images of their RMS errors. A run
     * that leads one image elsewhere, which any policy does to some, would decide a mean square of
     * few images; this is decided by most of them.
     */
    double typical() {
        double mean = Arrays.stream(meanSquares).map(Math::sqrt).average().orElse(Double.NaN);
        return mean * mean;
    }

    /**
     * Whether these are smaller than others of the same images, on other images of the kind too, as
     * far as these can tell: by a twentieth of {@link #typical()}, and by two standard errors of
     * the difference between RMS errors of an image.
     */
    boolean surelyBelow(SampleErrors others) {
        if (!Double.isFinite(others.typical())) {
            return Double.isFinite(typical());
        }
        if (!(typical() < WORTHWHILE * others.typical())) {
            return false;
        }
        int images = meanSquares.length;
        double[] gains = new double[images];
        for (int image = 0; image < images; image++) {
            gains[image] = Math.sqrt(others.meanSquares[image]) - Math.sqrt(meanSquares[image]);
        }
        double mean = Arrays.stream(gains).average().orElse(Double.NaN);
        double spread = Arrays.stream(gains).map(gain -> (gain - mean) * (gain - mean)).sum();
        return images == 1 || mean > CHANCE * Math.sqrt(spread / (images * (images - 1.0)));
    }
}
