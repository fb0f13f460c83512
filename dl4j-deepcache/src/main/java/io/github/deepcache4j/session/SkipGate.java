// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How far the skip tensor of one cache key is from that of its last full step: mean |R - R_s| /
 * mean |R_s| over the whole batch. Two buffers, filled again and again.
 */
final class SkipGate {

    private @Nullable INDArray last;
    private @Nullable INDArray difference;

    /** The relative change; infinite if there was no full step yet. */
    double change(INDArray skip) {
        INDArray reference = last;
        INDArray buffer = difference;
        if (reference == null || buffer == null) {
            return Double.POSITIVE_INFINITY;
        }
        buffer.assign(skip);
        buffer.subi(reference);
        double change = buffer.norm1Number().doubleValue();
        double size = reference.norm1Number().doubleValue();
        // NaN, of a skip that is not finite, is no reason to go on with the old feature
        return size == 0 ? (change == 0 ? 0 : Double.POSITIVE_INFINITY) : change / size;
    }

    /** Takes the skip of a full step. */
    void keep(INDArray skip) {
        if (last == null) {
            last = Nd4j.createUninitialized(DataType.FLOAT, skip.shape(), 'c');
            difference = Nd4j.createUninitialized(DataType.FLOAT, skip.shape(), 'c');
        }
        last.assign(skip);
    }
}
