// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sizes of a tensor, outermost first; rank 0 is a scalar. Written {@code 2x4x64x64}, a scalar as
 * {@code scalar}.
 */
public record Shape(List<Long> sizes) {

    public Shape {
        sizes = List.copyOf(sizes);
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "shape " + sizes + " has the negative size " + size);
            }
        }
    }

    public static Shape of(long... sizes) {
        return new Shape(Arrays.stream(sizes).boxed().toList());
    }

    /**
     * Reads the form that {@link #toString} writes.
     *
     * @throws IllegalArgumentException if a size is not a positive number
     */
    public static Shape parse(String text) {
        if (text.equals("scalar")) {
            return of();
        }
        try {
            Shape shape =
                    of(Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray());
            if (!shape.sizes.contains(0L)) {
                return shape;
            }
        } catch (IllegalArgumentException e) {
            // reported below, with the whole text
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a shape; write it like 2x4x64x64");
    }

    public int rank() {
        return sizes.size();
    }

    /** Size of one axis; negative axes count from the end. */
    public long size(int axis) {
        return sizes.get(axis < 0 ? axis + rank() : axis);
    }

    /** Number of elements; 1 for a scalar. */
    public long elements() {
        return sizes.stream().reduce(1L, Math::multiplyExact);
    }

    public long[] toArray() {
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return sizes.isEmpty()
                ? "scalar"
                : sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
