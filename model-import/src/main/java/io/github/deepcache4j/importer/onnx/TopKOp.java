// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The k largest or smallest elements along an axis. Each element's rank is counted, the number of
 * elements that come before it, the first of equal ones first.
 *
 * <p>ND4J's own orders equal elements otherwise; and its Java class hands over its two arguments in
 * the wrong order, so that M2.1 finds one element whatever is asked for. O(size^2) for each row.
 */
final class TopKOp {

    private TopKOp() {}

    static List<SDVariable> emit(Emission e) {
        e.requireType(0, DataType.FLOAT, DataType.DOUBLE, DataType.INT, DataType.LONG);
        e.ignore("sorted");
        Shape shape = e.shape(0);
        int axis = e.axis("axis", -1, shape.rank());
        long size = shape.size(axis);
        long count = e.has(1) ? e.fixedLongs(1, "k").get(0) : e.integer("k", 0);
        if (count < 1 || count > size) {
            throw e.refuse("k=" + count + " of " + size + " is not supported");
        }
        int[] swap = IntStream.range(0, shape.rank()).toArray();
        swap[axis] = shape.rank() - 1;
        swap[shape.rank() - 1] = axis;
        long rows = shape.elements() / size;
        e.requireSize(Shape.of(rows, size, size));
        SDVariable x = e.reshape(e.permute(e.in(0), swap), Shape.of(rows, size));
        SDVariable places = places(e, ranks(e, x, e.integer("largest", 1) == 1), count);
        SDVariable flat = e.reshape(x, Shape.of(rows * size));
        SDVariable starts = e.newConstant("starts", count(rows, size, rows, 1));
        SDVariable values = Indices.gather(e, flat, places.add(starts), 0);
        Shape result = swapped(shape, axis, count);
        return List.of(
                e.permute(e.reshape(values, result), swap),
                e.permute(e.reshape(places, result), swap));
    }

    private static Shape swapped(Shape shape, int axis, long count) {
        List<Long> sizes = new ArrayList<>(shape.sizes());
        sizes.set(axis, shape.size(-1));
        sizes.set(shape.rank() - 1, count);
        return new Shape(sizes);
    }

    /** How many elements of its row come before each element, {@code [rows, size]}. */
    private static SDVariable ranks(Emission e, SDVariable x, boolean largestFirst) {
        Shape shape = e.shape(x);
        long size = shape.size(1);
        SDVariable own = e.reshape(x, Shape.of(shape.size(0), size, 1));
        SDVariable other = e.reshape(x, Shape.of(shape.size(0), 1, size));
        SDVariable ahead = largestFirst ? other.gt(own) : other.lt(own);
        SDVariable earlier =
                e.newConstant(
                        "earlier",
                        Triangle.ones(DataType.LONG, size, size, (row, column) -> column < row));
        SDVariable before =
                ahead.castTo(DataType.LONG).add(other.eq(own).castTo(DataType.LONG).mul(earlier));
        return AxisReduction.reduce(e, before, SDVariable::sum, false, 2);
    }

    /** Where the elements of the first ranks are, {@code [rows, count]}. */
    private static SDVariable places(Emission e, SDVariable ranks, long count) {
        Shape shape = e.shape(ranks);
        SDVariable wanted = e.newConstant("ranks", count(count, 1, 1, count, 1));
        SDVariable chosen = e.reshape(ranks, Shape.of(shape.size(0), 1, shape.size(1))).eq(wanted);
        SDVariable place = e.newConstant("places", count(shape.size(1), 1, 1, 1, shape.size(1)));
        return AxisReduction.reduce(
                e, chosen.castTo(DataType.LONG).mul(place), SDVariable::sum, false, 2);
    }

    /** 0, step, 2 step, ... in a shape. */
    private static INDArray count(long number, long step, long... shape) {
        return Nd4j.createFromArray(LongStream.range(0, number).map(i -> i * step).toArray())
                .reshape(shape);
    }
}
