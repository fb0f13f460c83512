// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import io.github.deepcache4j.graph.Shape;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Gaussian fitted to a set of features: their mean and their sample covariance (divided by n -
 * 1, as NumPy's and torch's {@code cov} do). What a {@link FrechetDistance} compares.
 */
public final class FeatureStatistics {

    private final RealVector mean;
    private final RealMatrix covariance;

    private FeatureStatistics(RealVector mean, RealMatrix covariance) {
        this.mean = mean;
        this.covariance = covariance;
    }

    /**
     * The fit to features. O(n d²).
     *
     * @param features {@code [n, d]}, n at least 2
     * @throws IllegalArgumentException if there are fewer, or a value is not finite
     */
    public static FeatureStatistics of(INDArray features) {
        if (features.rank() != 2 || features.size(0) < 2) {
            throw new IllegalArgumentException(
                    "feature statistics need at least two rows [n, d], not "
                            + Shape.of(features.shape()));
        }
        int count = (int) features.size(0);
        int size = (int) features.size(1);
        double[] values = Elements.of(features);
        double[] mean = new double[size];
        for (int i = 0; i < values.length; i++) {
            mean[i % size] += values[i] / count;
        }
        double[][] covariance = new double[size][size];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < size; i++) {
                double deviation = values[row * size + i] - mean[i];
                for (int j = 0; j <= i; j++) {
                    covariance[i][j] += deviation * (values[row * size + j] - mean[j]);
                }
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                covariance[i][j] /= count - 1;
                covariance[j][i] = covariance[i][j];
            }
        }
        return checked(mean, covariance);
    }

    /**
     * A fit made elsewhere, such as that of the training images.
     *
     * @param mean {@code [d]}
     * @param covariance {@code [d, d]}
     * @throws IllegalArgumentException if the shapes do not fit together, or a value is not finite
     */
    public static FeatureStatistics of(INDArray mean, INDArray covariance) {
        long size = mean.length();
        if (covariance.rank() != 2 || covariance.size(0) != size || covariance.size(1) != size) {
            throw new IllegalArgumentException(
                    "a mean of "
                            + size
                            + " features does not go with a covariance of shape "
                            + Shape.of(covariance.shape()));
        }
        double[] flat = Elements.of(covariance);
        int side = (int) size;
        double[][] matrix = new double[side][side];
        for (int i = 0; i < flat.length; i++) {
            matrix[i / side][i % side] = flat[i];
        }
        return checked(Elements.of(mean), matrix);
    }

    private static FeatureStatistics checked(double[] mean, double[][] covariance) {
        RealVector vector = new ArrayRealVector(mean, false);
        RealMatrix matrix = new Array2DRowRealMatrix(covariance, false);
        if (!Double.isFinite(vector.getL1Norm()) || !Double.isFinite(matrix.getFrobeniusNorm())) {
            throw new IllegalArgumentException(
                    "feature statistics: a feature is not finite; check the images");
        }
        return new FeatureStatistics(vector, matrix);
    }

    /** Number of features of an image. */
    public int size() {
        return mean.getDimension();
    }

    RealVector mean() {
        return mean;
    }

    RealMatrix covariance() {
        return covariance;
    }
}
