// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import java.util.Arrays;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The Fréchet distance of two sets of images in a feature space (Heusel et al. 2017, sec. 2):
 *
 * <pre>
 * d² = |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^(1/2))
 * </pre>
 *
 * As usual for "FID", the square d² is what is reported. The number depends on the feature space
 * and, by a bias that shrinks as 1/n, on the number of images: compare only sets of one size in one
 * space.
 *
 * <p>tr (C1 C2)^(1/2) is computed as tr (S C2 S)^(1/2) with S = C1^(1/2): both products have the
 * same eigenvalues, but the second is symmetric, so that no complex root can arise from rounding
 * where a covariance is singular.
 */
public final class FrechetDistance {

    private FrechetDistance() {}

    /**
     * The squared distance; symmetric. O(d³).
     *
     * @return at least 0
     * @throws IllegalArgumentException if the two have different numbers of features
     */
    public static double between(FeatureStatistics one, FeatureStatistics other) {
        if (one.size() != other.size()) {
            throw new IllegalArgumentException(
                    "the Fréchet distance needs features of one space, not of "
                            + one.size()
                            + " and "
                            + other.size()
                            + " numbers");
        }
        double means = one.mean().subtract(other.mean()).getNorm();
        RealMatrix root = squareRoot(one.covariance());
        double crossTrace =
                Arrays.stream(roots(symmetric(root.multiply(other.covariance()).multiply(root))))
                        .sum();
        double traces = one.covariance().getTrace() + other.covariance().getTrace();
        return Math.max(0, means * means + traces - 2 * crossTrace);
    }

    private static RealMatrix squareRoot(RealMatrix covariance) {
        EigenDecomposition eigen = new EigenDecomposition(covariance);
        RealMatrix roots = MatrixUtils.createRealDiagonalMatrix(clippedRoots(eigen));
        return eigen.getV().multiply(roots).multiply(eigen.getVT());
    }

    private static double[] roots(RealMatrix matrix) {
        return clippedRoots(new EigenDecomposition(matrix));
    }

    /** Eigenvalues of a covariance are not negative, except by rounding. */
    private static double[] clippedRoots(EigenDecomposition eigen) {
        return Arrays.stream(eigen.getRealEigenvalues())
                .map(value -> Math.sqrt(Math.max(0, value)))
                .toArray();
    }

    /** Without what rounding made unsymmetric, which would select the general decomposition. */
    private static RealMatrix symmetric(RealMatrix matrix) {
        return matrix.add(matrix.transpose()).scalarMultiply(0.5);
    }
}
