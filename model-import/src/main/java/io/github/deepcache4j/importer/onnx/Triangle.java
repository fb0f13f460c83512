// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Matrices of ones and zeros whose ones lie where row and column are in some relation. */
final class Triangle {

    private Triangle() {}

    /** Whether a place holds a one. */
    @FunctionalInterface
    interface Rule {
        boolean holds(long row, long column);
    }

    /** A matrix {@code [rows, columns]}. */
    static INDArray ones(DataType type, long rows, long columns, Rule rule) {
        INDArray matrix = Nd4j.create(DataType.INT, rows, columns);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                matrix.putScalar(row, column, rule.holds(row, column) ? 1 : 0);
            }
        }
        return matrix.castTo(type);
    }
}
