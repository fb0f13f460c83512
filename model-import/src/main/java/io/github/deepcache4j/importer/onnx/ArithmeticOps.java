// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Elementwise arithmetic and comparison, with NumPy broadcasting (opset 7 on). */
final class ArithmeticOps {

    private ArithmeticOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Add", binary(SDVariable::add)),
                Map.entry("Sub", binary(SDVariable::sub)),
                Map.entry("Mul", binary(SDVariable::mul)),
                Map.entry("Div", ArithmeticOps::divide),
                Map.entry("Pow", ArithmeticOps::power),
                Map.entry("Equal", binary(SDVariable::eq)),
                Map.entry("Greater", binary(SDVariable::gt)),
                Map.entry("Less", binary(SDVariable::lt)),
                Map.entry("Sqrt", unary(x -> x.getSameDiff().math().sqrt(x))),
                Map.entry("Exp", unary(x -> x.getSameDiff().math().exp(x))),
                Map.entry("Sin", unary(x -> x.getSameDiff().math().sin(x))),
                Map.entry("Cos", unary(x -> x.getSameDiff().math().cos(x))),
                Map.entry("Neg", unary(SDVariable::neg)),
                Map.entry("Where", ArithmeticOps::where));
    }

    private static OnnxOp unary(Function<SDVariable, SDVariable> op) {
        return e -> List.of(op.apply(e.in(0)));
    }

    private static OnnxOp binary(BiFunction<SDVariable, SDVariable, SDVariable> op) {
        return e -> List.of(op.apply(e.in(0), e.in(1)));
    }

    /** Integer division truncates toward zero in ONNX; ND4J's divides integers likewise. */
    private static List<SDVariable> divide(Emission e) {
        boolean unit = e.constant(1).map(ArithmeticOps::isOne).orElse(false);
        boolean sameShape = unit && e.shape(1).rank() <= e.shape(0).rank();
        // x / 1, which diffusers writes for output_scale_factor, is x to the bit
        return List.of(sameShape ? e.in(0) : e.in(0).div(e.in(1)));
    }

    private static boolean isOne(INDArray array) {
        return array.length() == 1 && array.getDouble(0) == 1;
    }

    private static List<SDVariable> power(Emission e) {
        INDArray exponent = e.fixed(1, "the exponent");
        if (exponent.length() != 1) {
            throw e.refuse("an exponent of shape " + e.shape(1) + " is not supported");
        }
        double value = exponent.getDouble(0);
        if (e.type(0) != DataType.FLOAT) {
            throw e.refuse("powers of " + e.type(0) + " are not supported");
        }
        return List.of(
                value == 2
                        ? e.sameDiff().math().square(e.in(0))
                        : e.sameDiff().math().pow(e.in(0), value));
    }

    /** ND4J's select does not broadcast; multiplying by ones makes the operands equal in shape. */
    private static List<SDVariable> where(Emission e) {
        if (e.constant(0).isEmpty() || e.constant(1).isEmpty() || e.constant(2).isEmpty()) {
            if (!e.shape(0).equals(e.shape(1)) || !e.shape(0).equals(e.shape(2))) {
                throw e.refuse(
                        "operands of the shapes "
                                + e.shape(0)
                                + ", "
                                + e.shape(1)
                                + ", "
                                + e.shape(2)
                                + " need broadcasting, which is not supported at run time");
            }
            return List.of(e.sameDiff().where(e.in(1), e.in(2), e.in(0)));
        }
        INDArray condition = e.fixed(0, "condition");
        INDArray yes = e.fixed(1, "X");
        INDArray no = e.fixed(2, "Y");
        long[] shape = broadcast(e, broadcast(e, condition.shape(), yes.shape()), no.shape());
        INDArray result = Nd4j.create(yes.dataType(), shape);
        for (long i = 0; i < result.length(); i++) {
            boolean chosen = flat(condition).getDouble(place(condition, shape, i)) != 0;
            INDArray source = chosen ? yes : no;
            long place = place(source, shape, i);
            if (result.dataType() == DataType.LONG) {
                // a double would round it
                result.data().put(i, flat(source).getLong(place));
            } else {
                result.putScalar(i, flat(source).getDouble(place));
            }
        }
        return List.of(e.newConstant("where", result));
    }

    private static INDArray flat(INDArray array) {
        return array.reshape(array.length());
    }

    /** Where in a flattened operand the element is that a broadcast index reads. */
    private static long place(INDArray array, long[] shape, long index) {
        long place = 0;
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            long position = index % shape[axis];
            index /= shape[axis];
            int own = axis - (shape.length - array.rank());
            if (own >= 0 && array.size(own) > 1) {
                place += position * stride;
            }
            stride *= own >= 0 ? array.size(own) : 1;
        }
        return place;
    }

    private static long[] broadcast(Emission e, long[] a, long[] b) {
        long[] result = new long[Math.max(a.length, b.length)];
        for (int i = 1; i <= result.length; i++) {
            long left = i <= a.length ? a[a.length - i] : 1;
            long right = i <= b.length ? b[b.length - i] : 1;
            if (left != right && left != 1 && right != 1) {
                throw e.refuse("sizes " + left + " and " + right + " do not broadcast");
            }
            result[result.length - i] = left == 1 ? right : left;
        }
        return result;
    }
}
