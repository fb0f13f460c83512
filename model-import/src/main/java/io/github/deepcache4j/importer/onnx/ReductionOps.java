// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reductions over axes given as an attribute (before opset 18; ReduceSum 13) or as an operand. */
final class ReductionOps {

    private ReductionOps() {}

    private static final double INFINITE = Double.POSITIVE_INFINITY;
    private static final UnaryOperator<SDVariable> SAME = x -> x;

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("ReduceMean", new Form(SAME, SDVariable::mean, SAME, Double.NaN, true)),
                Map.entry("ReduceSum", new Form(SAME, SDVariable::sum, SAME, 0, false)),
                Map.entry("ReduceProd", new Form(SAME, SDVariable::prod, SAME, 1, false)),
                Map.entry("ReduceMax", truthAsNumber(SDVariable::max, -INFINITE)),
                Map.entry("ReduceMin", truthAsNumber(SDVariable::min, INFINITE)),
                Map.entry("ReduceL1", new Form(ReductionOps::abs, SDVariable::sum, SAME, 0, false)),
                Map.entry(
                        "ReduceL2",
                        new Form(
                                ReductionOps::square,
                                SDVariable::sum,
                                ReductionOps::root,
                                0,
                                true)),
                Map.entry(
                        "ReduceSumSquare",
                        new Form(ReductionOps::square, SDVariable::sum, SAME, 0, false)),
                Map.entry(
                        "ReduceLogSum",
                        new Form(SAME, SDVariable::sum, ReductionOps::log, -INFINITE, true)),
                Map.entry("ReduceLogSumExp", ReductionOps::logSumExp));
    }

    /**
     * A reduction between two elementwise functions.
     *
     * @param ofNothing the result over an axis of size 0
     * @param floatingOnly whether whole numbers are refused: ND4J's mean, root and logarithm of
     *     them are floats, those of ONNX are not
     */
    private record Form(
            UnaryOperator<SDVariable> before,
            AxisReduction.Reduction reduction,
            UnaryOperator<SDVariable> after,
            double ofNothing,
            boolean floatingOnly)
            implements OnnxOp {

        @Override
        public List<SDVariable> emit(Emission e) {
            if (floatingOnly) {
                e.requireFloating(0);
            }
            int[] axes = axes(e);
            boolean keep = e.integer("keepdims", 1) == 1;
            if (e.shape(0).elements() == 0) {
                return List.of(filled(e, axes, keep, ofNothing));
            }
            SDVariable x = before.apply(e.in(0));
            return List.of(after.apply(AxisReduction.reduce(e, x, reduction, keep, axes)));
        }
    }

    /** Of truth values, as of 0 and 1. */
    private static OnnxOp truthAsNumber(AxisReduction.Reduction reduction, double ofNothing) {
        return e ->
                e.type(0) == DataType.BOOL
                        ? new Form(
                                        x -> x.castTo(DataType.INT),
                                        reduction,
                                        x -> x.castTo(DataType.BOOL),
                                        ofNothing,
                                        false)
                                .emit(e)
                        : new Form(SAME, reduction, SAME, ofNothing, false).emit(e);
    }

    private static int[] axes(Emission e) {
        int rank = e.shape(0).rank();
        boolean noop = e.integer("noop_with_empty_axes", 0) == 1;
        List<Long> given =
                e.has(1) ? e.fixedLongs(1, "axes") : e.integers("axes").orElse(List.of());
        if (given.isEmpty()) {
            return noop ? new int[0] : IntStream.range(0, rank).toArray();
        }
        return given.stream().mapToInt(axis -> e.normalize(axis, rank)).toArray();
    }

    private static SDVariable filled(Emission e, int[] axes, boolean keep, double value) {
        e.requireFloating(0);
        Shape shape = AxisReduction.reduced(e.shape(0), keep, axes);
        INDArray array =
                shape.elements() == 0
                        ? Nd4j.create(e.type(0), shape.toArray())
                        : Nd4j.valueArrayOf(shape.toArray(), value, e.type(0));
        return e.newConstant("of_nothing", array);
    }

    /** The largest exponent comes out first, so that none overflows. */
    private static List<SDVariable> logSumExp(Emission e) {
        e.requireFloating(0);
        int[] axes = axes(e);
        boolean keep = e.integer("keepdims", 1) == 1;
        Shape shape = e.shape(0);
        if (shape.elements() == 0) {
            return List.of(filled(e, axes, keep, -INFINITE));
        }
        SDVariable x = e.in(0);
        double most = e.type(0) == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        SDVariable largest =
                e.sameDiff()
                        .math()
                        .clipByValue(
                                AxisReduction.reduce(e, x, SDVariable::max, true, axes),
                                -most,
                                most);
        SDVariable powers = e.sameDiff().math().exp(x.sub(largest));
        SDVariable sum = AxisReduction.reduce(e, powers, SDVariable::sum, true, axes);
        SDVariable result = log(sum).add(largest);
        return List.of(e.reshape(result, AxisReduction.reduced(shape, keep, axes)));
    }

    private static SDVariable abs(SDVariable x) {
        return x.getSameDiff().math().abs(x);
    }

    private static SDVariable square(SDVariable x) {
        return x.mul(x);
    }

    private static SDVariable root(SDVariable x) {
        return x.getSameDiff().math().sqrt(x);
    }

    private static SDVariable log(SDVariable x) {
        return x.getSameDiff().math().log(x);
    }
}
