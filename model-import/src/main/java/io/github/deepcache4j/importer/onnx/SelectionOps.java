// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that rank or accumulate elements along an axis, and triangles of matrices. */
final class SelectionOps {

    private SelectionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "ArgMax", e -> extremePlace(e, false),
                "ArgMin", e -> extremePlace(e, true),
                "TopK", TopKOp::emit,
                "CumSum", SelectionOps::cumulativeSum,
                "Trilu", SelectionOps::triangle);
    }

    private static List<SDVariable> extremePlace(Emission e, boolean smallest) {
        e.requireType(0, DataType.FLOAT, DataType.DOUBLE, DataType.INT, DataType.LONG);
        Shape shape = e.shape(0);
        int axis = e.axis("axis", 0, shape.rank());
        boolean keep = e.integer("keepdims", 1) == 1;
        boolean last = e.integer("select_last_index", 0) == 1;
        SDVariable x = last ? e.sameDiff().reverse(e.in(0), axis) : e.in(0);
        SDVariable place =
                smallest ? e.sameDiff().argmin(x, keep, axis) : e.sameDiff().argmax(x, keep, axis);
        return List.of(last ? place.rsub(shape.size(axis) - 1) : place);
    }

    /** ND4J takes floating point numbers only; whole ones are summed by a triangle of ones. */
    private static List<SDVariable> cumulativeSum(Emission e) {
        e.requireType(0, DataType.FLOAT, DataType.DOUBLE, DataType.INT, DataType.LONG);
        Shape shape = e.shape(0);
        int axis = e.normalize(e.fixedLongs(1, "axis").get(0), shape.rank());
        boolean exclusive = e.integer("exclusive", 0) == 1;
        boolean reverse = e.integer("reverse", 0) == 1;
        if (e.type(0).isFPType()) {
            return List.of(e.sameDiff().cumsum(e.in(0), exclusive, reverse, axis));
        }
        long size = shape.size(axis);
        long outer = new Shape(shape.sizes().subList(0, axis)).elements();
        long inner = shape.elements() / Math.max(1, outer * size);
        e.requireSize(Shape.of(outer, size, size, inner));
        INDArray weights =
                Triangle.ones(
                        e.type(0),
                        size,
                        size,
                        (row, column) ->
                                (reverse ? column > row : column < row)
                                        || (!exclusive && column == row));
        SDVariable parts = e.reshape(e.in(0), Shape.of(outer, 1, size, inner));
        SDVariable weighted =
                parts.mul(e.newConstant("triangle", weights.reshape(1, size, size, 1)));
        SDVariable sums = AxisReduction.reduce(e, weighted, SDVariable::sum, false, 2);
        return List.of(e.reshape(sums, shape));
    }

    /** A selection, not a product with a mask: beyond the triangle NaN becomes 0 too. */
    private static List<SDVariable> triangle(Emission e) {
        Shape shape = e.shape(0);
        long diagonal = e.has(1) ? e.fixedLongs(1, "k").get(0) : 0;
        boolean upper = e.integer("upper", 1) == 1;
        if (shape.elements() == 0) {
            return List.of(e.in(0));
        }
        INDArray kept =
                Triangle.ones(
                        DataType.BOOL,
                        shape.size(-2),
                        shape.size(-1),
                        (row, column) ->
                                upper ? column - row >= diagonal : column - row <= diagonal);
        SDVariable zero = e.newConstant("zero", Nd4j.scalar(0).castTo(e.type(0)));
        return List.of(Broadcasting.select(e, e.newConstant("kept", kept), e.in(0), zero));
    }
}
