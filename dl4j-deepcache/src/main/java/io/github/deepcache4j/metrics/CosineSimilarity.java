// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import io.github.deepcache4j.graph.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The cosine of the angle between two arrays seen as vectors: a·b / (|a| |b|), 1 for the same
 * direction. Ma et al. 2024 (fig. 2) compare the features of denoising steps by it.
 */
public final class CosineSimilarity {

    private CosineSimilarity() {}

    /**
     * The similarity of two arrays of any shape.
     *
     * @return -1 to 1; NaN if one is zero or a value is NaN
     * @throws IllegalArgumentException if the shapes differ
     */
    public static double of(INDArray one, INDArray other) {
        Elements.requireEqualShapes("the cosine similarity", one, other);
        double[] a = Elements.of(one);
        double[] b = Elements.of(other);
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            squaresA += a[i] * a[i];
            squaresB += b[i] * b[i];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }

    /**
     * The similarity of every row to every row. One matrix product, in single precision.
     *
     * @param rows {@code [n, d]}
     * @return n by n, symmetric; NaN in the row and column of a zero row
     * @throws IllegalArgumentException if the array is no matrix
     */
    public static double[][] ofAllPairs(INDArray rows) {
        if (rows.rank() != 2) {
            throw new IllegalArgumentException(
                    "similarities of all pairs need rows [n, d], not " + Shape.of(rows.shape()));
        }
        INDArray units = rows.divColumnVector(rows.norm2(true, 1));
        return units.mmul(units.transpose()).castTo(DataType.DOUBLE).toDoubleMatrix();
    }
}
