// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import io.github.deepcache4j.graph.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004), 1 for equal images.
 *
 * <p>At each position, with means, variances and covariance weighted by an 11x11 Gaussian window of
 * sigma 1.5 (eq. 13):
 *
 * <pre>
 *         (2 mx my + C1) (2 sxy + C2)               C1 = (0.01 L)²
 * SSIM = -----------------------------------        C2 = (0.03 L)²
 *        (mx² + my² + C1) (sx² + sy² + C2)          L = 2, the range of images in [-1, 1]
 * </pre>
 *
 * The result is the mean over all positions whose window lies inside the image, all channels and
 * all images: what scikit-image ({@code gaussian_weights=True, sigma=1.5,
 * use_sample_covariance=False}) and torchmetrics compute.
 */
public final class Ssim {

    /** Images with a smaller side have no position whose window lies inside. */
    public static final int WINDOW = 11;

    private static final double SIGMA = 1.5;
    private static final double RANGE = 2;
    private static final double C1 = Math.pow(0.01 * RANGE, 2);
    private static final double C2 = Math.pow(0.03 * RANGE, 2);
    private static final double[] WEIGHTS = weights();

    private Ssim() {}

    /**
     * The similarity of images in [-1, 1]; values outside are clipped first, as they are when an
     * image is saved.
     *
     * @param images {@code [batch, channels, height, width]}, sides of at least {@value #WINDOW}
     * @param reference of the same shape
     * @return at most 1; NaN if a value is NaN
     * @throws IllegalArgumentException if the shapes differ or a side is too small
     */
    public static double ofImages(INDArray images, INDArray reference) {
        Elements.requireEqualShapes("SSIM", images, reference);
        if (images.rank() != 4 || images.size(2) < WINDOW || images.size(3) < WINDOW) {
            throw new IllegalArgumentException(
                    "SSIM needs images [batch, channels, height, width] with sides of at least "
                            + WINDOW
                            + ", not "
                            + Shape.of(images.shape()));
        }
        int height = (int) images.size(2);
        int width = (int) images.size(3);
        double[] x = Elements.ofImages(images);
        double[] y = Elements.ofImages(reference);
        double sum = 0;
        int planes = x.length / (height * width);
        for (int plane = 0; plane < planes; plane++) {
            sum += ofPlane(x, y, plane * height * width, height, width);
        }
        return sum / planes;
    }

    private static double ofPlane(double[] x, double[] y, int start, int height, int width) {
        double[][] products = new double[5][height * width];
        for (int i = 0; i < height * width; i++) {
            double a = x[start + i];
            double b = y[start + i];
            products[0][i] = a;
            products[1][i] = b;
            products[2][i] = a * a;
            products[3][i] = b * b;
            products[4][i] = a * b;
        }
        for (int k = 0; k < products.length; k++) {
            products[k] = blurred(products[k], height, width);
        }
        double sum = 0;
        for (int i = 0; i < products[0].length; i++) {
            double meanX = products[0][i];
            double meanY = products[1][i];
            double varianceX = products[2][i] - meanX * meanX;
            double varianceY = products[3][i] - meanY * meanY;
            double covariance = products[4][i] - meanX * meanY;
            sum +=
                    (2 * meanX * meanY + C1)
                            * (2 * covariance + C2)
                            / ((meanX * meanX + meanY * meanY + C1) * (varianceX + varianceY + C2));
        }
        return sum / products[0].length;
    }

    /** Weighted by the window at every position inside: rows first, then columns. */
    private static double[] blurred(double[] plane, int height, int width) {
        int columns = width - WINDOW + 1;
        int rows = height - WINDOW + 1;
        double[] narrow = new double[height * columns];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < columns; column++) {
                double sum = 0;
                for (int k = 0; k < WINDOW; k++) {
                    sum += WEIGHTS[k] * plane[row * width + column + k];
                }
                narrow[row * columns + column] = sum;
            }
        }
        double[] result = new double[rows * columns];
        for (int i = 0; i < result.length; i++) {
            for (int k = 0; k < WINDOW; k++) {
                result[i] += WEIGHTS[k] * narrow[i + k * columns];
            }
        }
        return result;
    }

    private static double[] weights() {
        double[] weights = new double[WINDOW];
        double sum = 0;
        for (int k = 0; k < WINDOW; k++) {
            double distance = k - WINDOW / 2;
            weights[k] = Math.exp(-distance * distance / (2 * SIGMA * SIGMA));
            sum += weights[k];
        }
        for (int k = 0; k < WINDOW; k++) {
            weights[k] /= sum;
        }
        return weights;
    }
}
