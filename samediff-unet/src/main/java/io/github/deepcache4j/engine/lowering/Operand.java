// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What a step reads or writes: a part of a buffer.
 *
 * @param buffer index in {@link Program#buffers()}
 * @param type element type of the buffer
 * @param layout sizes and strides
 * @param offset first element
 */
public record Operand(int buffer, DataType type, Layout layout, long offset) {

    public Shape shape() {
        return layout.shape();
    }

    public Operand with(Layout other) {
        return new Operand(buffer, type, other, offset);
    }

    public Operand permute(List<Integer> axes) {
        return with(layout.permute(axes));
    }

    /** Without an axis of size 1. */
    Operand without(int axis) {
        return with(layout.without(axis));
    }

    /**
     * Elements {@code first} to {@code first + size - 1} of one axis.
     *
     * @throws IllegalArgumentException if the axis is shorter: reading past the end gives numbers,
     *     wrong ones
     */
    public Operand slice(int axis, long first, long size) {
        if (first < 0 || size < 0 || first + size > layout.size(axis)) {
            throw new IllegalArgumentException(
                    "elements "
                            + first
                            + " to "
                            + (first + size - 1)
                            + " of axis "
                            + axis
                            + " of "
                            + shape());
        }
        List<Long> sizes = new java.util.ArrayList<>(layout.sizes());
        sizes.set(axis, size);
        return new Operand(
                buffer,
                type,
                new Layout(sizes, layout.strides()),
                offset + first * layout.stride(axis));
    }
}
