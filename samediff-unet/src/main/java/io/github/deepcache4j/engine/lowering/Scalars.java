// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;

/** The number in an operation of a tensor and a number, such as {@code mul_scalar}. */
final class Scalars {

    private Scalars() {}

    /** NaN if the operation has none. */
    static double of(DifferentialFunction function) {
        if (function instanceof ScalarOp op) {
            INDArray scalar = op.scalar();
            return scalar == null ? Double.NaN : scalar.getDouble(0);
        }
        return Double.NaN;
    }
}
