// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Reductions of a tensor over some axes.
 *
 * <p>M2.1 fails with a NullPointerException where all axes to reduce have size 1; there is nothing
 * to reduce then. Where two axes are not in ascending order, it reduces others, without a word.
 */
final class AxisReduction {

    private AxisReduction() {}

    /** One of SDVariable's reductions, for which a single element is its own result. */
    @FunctionalInterface
    interface Reduction {
        SDVariable apply(SDVariable x, boolean keepDims, int... axes);
    }

    static SDVariable reduce(
            Emission e, SDVariable x, Reduction reduction, boolean keep, int... axes) {
        Shape shape = e.shape(x);
        boolean single = IntStream.of(axes).allMatch(axis -> shape.size(axis) == 1);
        return single
                ? e.reshape(x, reduced(shape, keep, axes))
                : reduction.apply(x, keep, ascending(axes, shape.rank()));
    }

    private static int[] ascending(int[] axes, int rank) {
        return IntStream.of(axes)
                .map(axis -> Math.floorMod(axis, rank))
                .distinct()
                .sorted()
                .toArray();
    }

    /** The shape after a reduction. */
    static Shape reduced(Shape shape, boolean keep, int... axes) {
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            int own = axis;
            boolean gone =
                    IntStream.of(axes)
                            .anyMatch(given -> (given < 0 ? given + shape.rank() : given) == own);
            if (!gone || keep) {
                sizes.add(gone ? 1 : shape.size(axis));
            }
        }
        return new Shape(sizes);
    }
}
