// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Memory that steps share.
 *
 * @param id index in {@link Program#buffers()}
 * @param type element type
 * @param elements number of elements
 * @param constant the contents, row by row, if they are fixed
 * @param kept whether the contents must outlive the run that made them: inputs, outputs, cached
 *     features, and what a stage leaves for runs that skip it
 */
public record Buffer(
        int id, DataType type, long elements, @Nullable INDArray constant, boolean kept) {

    Buffer keep() {
        return new Buffer(id, type, elements, constant, true);
    }
}
