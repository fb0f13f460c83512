// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How the elements of a tensor lie in memory: sizes and strides, in elements.
 *
 * <p>A transpose, and most reshapes, are another layout of the same memory, so they cost nothing. A
 * channels-last tensor {@code [n, c, h, w]} has the strides {@code [h*w*c, 1, w*c, c]}.
 */
public record Layout(List<Long> sizes, List<Long> strides) {

    public Layout {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
        if (sizes.size() != strides.size()) {
            throw new IllegalArgumentException(sizes + " with strides " + strides);
        }
    }

    /** Row by row, the last axis fastest. */
    public static Layout dense(Shape shape) {
        return ordered(shape, IntStream.range(0, shape.rank()).boxed().toList());
    }

    /** The channels of axis 1 fastest: what convolutions on CPUs run on best. */
    public static Layout channelsLast(Shape shape) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
        order.add(order.remove(1));
        return ordered(shape, order);
    }

    /**
     * Without gaps, in the given order of axes.
     *
     * @param order axes, slowest first
     */
    public static Layout ordered(Shape shape, List<Integer> order) {
        List<Long> strides = new ArrayList<>(Collections.nCopies(shape.rank(), 0L));
        long stride = 1;
        for (int i = order.size() - 1; i >= 0; i--) {
            strides.set(order.get(i), stride);
            stride *= Math.max(1, shape.size(order.get(i)));
        }
        return new Layout(shape.sizes(), strides);
    }

    public Shape shape() {
        return new Shape(sizes);
    }

    public int rank() {
        return sizes.size();
    }

    public long size(int axis) {
        return sizes.get(axis < 0 ? axis + rank() : axis);
    }

    public long stride(int axis) {
        return strides.get(axis < 0 ? axis + rank() : axis);
    }

    /** Elements from the first to the last, both counted, gaps included. */
    public long extent() {
        return IntStream.range(0, rank())
                .mapToLong(axis -> (size(axis) - 1) * stride(axis))
                .reduce(1, Long::sum);
    }

    /** Axes from the slowest to the fastest; those of size 1, whose strides mean nothing, first. */
    public List<Integer> order() {
        return IntStream.range(0, rank())
                .boxed()
                .sorted(
                        Comparator.comparing(
                                (Integer axis) -> size(axis) == 1 ? Long.MIN_VALUE : -stride(axis)))
                .toList();
    }

    /** The same strides for all axes that have more than one element. */
    public boolean sameAs(Layout other) {
        return sizes.equals(other.sizes)
                && IntStream.range(0, rank())
                        .allMatch(axis -> size(axis) == 1 || stride(axis) == other.stride(axis));
    }

    public boolean isDense() {
        return sameAs(dense(shape()));
    }

    /** Whether it fills its memory without gaps, in whatever order. */
    public boolean isGapless() {
        return sameAs(ordered(shape(), order()));
    }

    /**
     * The same with strides of axes of size 1, which mean nothing, as they are in the usual order:
     * libraries compare them with their own.
     */
    public Layout canonical() {
        if (isDense()) {
            return dense(shape());
        }
        if (rank() >= 2 && sameAs(channelsLast(shape()))) {
            return channelsLast(shape());
        }
        return isGapless() ? gapless(shape()) : this;
    }

    /** Another tensor of these sizes without gaps, with the axes in this one's order. */
    public Layout gapless(Shape shape) {
        return ordered(shape, order());
    }

    /** Axis i of the result is axis {@code axes[i]} of this. */
    public Layout permute(List<Integer> axes) {
        return new Layout(
                axes.stream().map(sizes::get).toList(), axes.stream().map(strides::get).toList());
    }

    /** Without an axis of size 1. */
    Layout without(int axis) {
        if (size(axis) != 1) {
            throw new IllegalArgumentException("axis " + axis + " of " + shape());
        }
        List<Integer> others = IntStream.range(0, rank()).filter(i -> i != axis).boxed().toList();
        return permute(others);
    }

    /**
     * The same elements with other sizes, if no element has to move.
     *
     * <p>Runs of axes that lie behind one another can be split and joined at will.
     */
    public Optional<Layout> reshape(Shape target) {
        if (target.elements() != shape().elements()) {
            throw new IllegalArgumentException(shape() + " cannot be reshaped to " + target);
        }
        List<Long> result = new ArrayList<>();
        int from = 0;
        int to = 0;
        while (from < rank() || to < target.rank()) {
            int firstFrom = from;
            int firstTo = to;
            long have = from < rank() ? size(from++) : 1;
            long want = to < target.rank() ? target.size(to++) : 1;
            while (have != want) {
                if (have < want) {
                    have *= size(from++);
                } else {
                    want *= target.size(to++);
                }
            }
            long stride = runStride(firstFrom, from);
            if (stride < 0) {
                return Optional.empty();
            }
            for (int axis = firstTo; axis < to; axis++) {
                result.add(0L);
            }
            for (int axis = to - 1; axis >= firstTo; axis--) {
                result.set(axis, stride);
                stride *= target.size(axis);
            }
        }
        return Optional.of(new Layout(target.sizes(), result));
    }

    /** Stride of the axes taken as one; -1 if they do not lie behind one another. */
    private long runStride(int first, int end) {
        long stride = -1;
        long next = 1;
        for (int axis = end - 1; axis >= first; axis--) {
            if (size(axis) == 1) {
                continue;
            }
            if (stride < 0) {
                stride = stride(axis);
            } else if (stride(axis) != next) {
                return -1;
            }
            next = stride(axis) * size(axis);
        }
        return stride < 0 ? 1 : stride;
    }
}
