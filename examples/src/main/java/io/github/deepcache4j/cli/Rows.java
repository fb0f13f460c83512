// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Parts of a batch. */
final class Rows {

    private Rows() {}

    /** A copy of the rows [from, to); keeps the rank, which {@code INDArray.get} may not. */
    static INDArray of(INDArray array, long from, long to) {
        long[] shape = array.shape().clone();
        shape[0] = to - from;
        return array.get(NDArrayIndex.interval(from, to)).dup('c').reshape('c', shape);
    }

    /** A copy of so many rows from the first on; behind the last row it is repeated. */
    static INDArray filledUp(INDArray array, long first, int count) {
        INDArray[] rows = new INDArray[count];
        for (int row = 0; row < count; row++) {
            rows[row] = array.slice(Math.min(first + row, array.size(0) - 1)).dup();
        }
        return Nd4j.stack(0, rows);
    }

    /** A copy of the first channels of a batch. */
    static INDArray channels(INDArray array, int axis, long channels) {
        long[] shape = array.shape().clone();
        shape[axis] = channels;
        INDArrayIndex[] part = NDArrayIndex.allFor(array);
        part[axis] = NDArrayIndex.interval(0, channels);
        return array.get(part).dup('c').reshape('c', shape);
    }
}
