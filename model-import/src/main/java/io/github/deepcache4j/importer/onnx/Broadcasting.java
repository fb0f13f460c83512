// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * NumPy broadcasting for the operations to which ND4J does not apply it: selection, boolean
 * operations, batched products.
 */
final class Broadcasting {

    private Broadcasting() {}

    /** The shape that all shapes broadcast to. */
    static Shape of(Emission e, Shape... shapes) {
        List<Long> result = new ArrayList<>();
        for (Shape shape : shapes) {
            while (result.size() < shape.rank()) {
                result.add(0, 1L);
            }
            for (int axis = 1; axis <= shape.rank(); axis++) {
                long own = shape.size(-axis);
                long known = result.get(result.size() - axis);
                if (own != known && own != 1 && known != 1) {
                    throw e.refuse("sizes " + known + " and " + own + " do not broadcast");
                }
                result.set(result.size() - axis, known == 1 ? own : known);
            }
        }
        return new Shape(result);
    }

    /**
     * An operation of two operands that ND4J broadcasts itself, except where one of them has one
     * element and more axes than the other: M2.1 takes it for a scalar, so that of {@code [4]} and
     * {@code [1, 1]} it makes {@code [4]}, or fails.
     */
    static SDVariable combine(
            Emission e, BinaryOperator<SDVariable> op, SDVariable a, SDVariable b) {
        of(e, e.shape(a), e.shape(b));
        return op.apply(ranked(e, a, e.shape(b)), ranked(e, b, e.shape(a)));
    }

    /** With as many axes as the other, if that is a single element. */
    private static SDVariable ranked(Emission e, SDVariable x, Shape other) {
        Shape shape = e.shape(x);
        return other.elements() == 1 && shape.rank() < other.rank()
                ? e.reshape(x, withRank(shape, other.rank()))
                : x;
    }

    private static Shape withRank(Shape shape, int rank) {
        List<Long> sizes = new ArrayList<>(shape.sizes());
        while (sizes.size() < rank) {
            sizes.add(0, 1L);
        }
        return new Shape(sizes);
    }

    /** A tensor repeated to a shape that it broadcasts to; exact for every type. */
    static SDVariable expand(Emission e, SDVariable x, Shape target) {
        Shape shape = e.shape(x);
        if (shape.equals(target)) {
            return x;
        }
        Shape ranked = withRank(shape, target.rank());
        int[] repeats = new int[target.rank()];
        boolean once = true;
        for (int axis = 0; axis < repeats.length; axis++) {
            long own = ranked.size(axis);
            if (own != target.size(axis) && own != 1) {
                throw e.refuse("cannot expand " + shape + " to " + target);
            }
            repeats[axis] = own == 1 ? Math.toIntExact(target.size(axis)) : 1;
            once &= repeats[axis] == 1;
        }
        SDVariable same = e.reshape(x, ranked);
        return once ? same : e.sameDiff().tile(same, repeats);
    }

    /** Where the condition holds the one, elsewhere the other; all three broadcast. */
    static SDVariable select(Emission e, SDVariable condition, SDVariable yes, SDVariable no) {
        Shape shape = of(e, e.shape(condition), e.shape(yes), e.shape(no));
        return e.sameDiff()
                .where(expand(e, yes, shape), expand(e, no, shape), expand(e, condition, shape));
    }
}
