// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/** Softmax and its logarithm, in both meanings of the axis. */
final class SoftmaxOps {

    private SoftmaxOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "Softmax",
                e -> List.of(apply(e, x -> overLast(e, x))),
                "LogSoftmax",
                e -> List.of(apply(e, x -> logOverLast(e, x))));
    }

    private interface Function {
        SDVariable apply(SDVariable x);
    }

    /**
     * Before opset 13 softmax flattened the tensor into a matrix at its axis (default 1); since
     * then it has one axis (default the last).
     */
    private static SDVariable apply(Emission e, Function overLast) {
        e.requireFloating(0);
        Shape shape = e.shape(0);
        int rank = shape.rank();
        int axis = e.axis("axis", e.opset() < 13 ? 1 : -1, rank);
        if (axis == rank - 1) {
            return overLast.apply(e.in(0));
        }
        if (e.opset() < 13) {
            long rows = new Shape(shape.sizes().subList(0, axis)).elements();
            Shape matrix = Shape.of(rows, shape.elements() / rows);
            return e.reshape(overLast.apply(e.reshape(e.in(0), matrix)), shape);
        }
        // M2.1 computes wrong numbers over inner axes of a tensor of rank 4
        int[] swap = IntStream.range(0, rank).toArray();
        swap[axis] = rank - 1;
        swap[rank - 1] = axis;
        return e.permute(overLast.apply(e.permute(e.in(0), swap)), swap);
    }

    private static SDVariable overLast(Emission e, SDVariable x) {
        return e.sameDiff().nn().softmax(x, e.shape(x).rank() - 1);
    }

    /** x - max - log sum exp(x - max): no exponent overflows. */
    private static SDVariable logOverLast(Emission e, SDVariable x) {
        int last = e.shape(x).rank() - 1;
        SDVariable shifted = x.sub(AxisReduction.reduce(e, x, SDVariable::max, true, last));
        SDVariable powers = e.sameDiff().math().exp(shifted);
        SDVariable sum = AxisReduction.reduce(e, powers, SDVariable::sum, true, last);
        return shifted.sub(e.sameDiff().math().log(sum));
    }
}
