// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Elementwise arithmetic with NumPy broadcasting (opset 7 on). */
final class ArithmeticOps {

    private ArithmeticOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Add", binary(SDVariable::add)),
                Map.entry("Sub", binary(SDVariable::sub)),
                Map.entry("Mul", binary(SDVariable::mul)),
                Map.entry("Div", ArithmeticOps::divide),
                Map.entry("Mod", ArithmeticOps::modulo),
                Map.entry("Pow", ArithmeticOps::power),
                Map.entry("Sum", e -> List.of(joined(e, SDVariable::add))),
                Map.entry("Mean", ArithmeticOps::mean),
                Map.entry("Max", extremum((a, b) -> a.getSameDiff().max(a, b))),
                Map.entry("Min", extremum((a, b) -> a.getSameDiff().min(a, b))),
                Map.entry("Clip", ArithmeticOps::clip));
    }

    private static OnnxOp binary(BinaryOperator<SDVariable> op) {
        return e -> {
            e.requireType(0, NUMBERS);
            return List.of(Broadcasting.combine(e, op, e.in(0), e.in(1)));
        };
    }

    private static final DataType[] NUMBERS = {
        DataType.FLOAT, DataType.DOUBLE, DataType.INT, DataType.LONG
    };

    /** Integer division truncates toward zero in ONNX; ND4J's divides integers likewise. */
    private static List<SDVariable> divide(Emission e) {
        e.requireType(0, NUMBERS);
        boolean unit = e.constant(1).map(ArithmeticOps::isOne).orElse(false);
        boolean sameShape = unit && e.shape(1).rank() <= e.shape(0).rank();
        // x / 1, which diffusers writes for output_scale_factor, is x to the bit
        return List.of(
                sameShape
                        ? e.in(0)
                        : Broadcasting.combine(e, SDVariable::div, e.in(0), divisor(e)));
    }

    private static boolean isOne(INDArray array) {
        return array.length() == 1 && array.getDouble(0) == 1;
    }

    /**
     * The second operand. An integer division by zero, undefined in ONNX, would end the process:
     * refused where it is known, made a division by one where it is not.
     */
    private static SDVariable divisor(Emission e) {
        if (e.type(1).isFPType()) {
            return e.in(1);
        }
        if (e.constant(1).isEmpty()) {
            SDVariable isZero = e.in(1).eq(e.scalar(e.type(1), 0));
            return e.in(1).add(isZero.castTo(e.type(1)));
        }
        if (OnnxTensors.longs(e.fixed(1, "divisor")).contains(0L)) {
            throw e.refuse("the divisor (" + e.node().inputs().get(1) + ") contains 0");
        }
        return e.in(1);
    }

    /** Remainders: of the sign of the divisor, or with {@code fmod} of that of the dividend. */
    private static List<SDVariable> modulo(Emission e) {
        e.requireType(0, NUMBERS);
        boolean likeDividend = e.integer("fmod", 0) == 1;
        DataType type = e.type(0);
        if (type.isFPType()) {
            SDVariable rest = truncatedRest(e);
            return List.of(likeDividend ? rest : likeDivisor(e, rest));
        }
        SDVariable b = divisor(e);
        // exact, where floormod of whole numbers goes through floating point and is off from 2^53
        SDVariable rest = Broadcasting.combine(e, e.sameDiff().math()::mod, e.in(0), b);
        return List.of(likeDividend ? rest : e.sameDiff().math().mod(rest.add(b), b));
    }

    /** C's fmod. ND4J's {@code mod} and {@code floormod} both have the sign of the divisor. */
    private static SDVariable truncatedRest(Emission e) {
        SDVariable size =
                Broadcasting.combine(
                        e,
                        e.sameDiff().math()::floorMod,
                        e.sameDiff().math().abs(e.in(0)),
                        e.sameDiff().math().abs(e.in(1)));
        SDVariable negative = e.in(0).lt(e.scalar(e.type(0), 0));
        return Broadcasting.select(e, negative, size.neg(), size);
    }

    private static SDVariable likeDivisor(Emission e, SDVariable rest) {
        SDVariable zero = e.scalar(e.type(0), 0);
        // not of the product's sign: it may underflow
        SDVariable below = rest.lt(zero).castTo(DataType.INT);
        SDVariable above = rest.gt(zero).castTo(DataType.INT);
        SDVariable divisorBelow = e.in(1).lt(zero).castTo(DataType.INT);
        SDVariable divisorAbove = e.in(1).gt(zero).castTo(DataType.INT);
        SDVariable other = below.mul(divisorAbove).add(above.mul(divisorBelow)).gt(0);
        return Broadcasting.select(e, other, rest.add(e.in(1)), rest);
    }

    private static List<SDVariable> power(Emission e) {
        e.requireType(0, NUMBERS);
        DataType type = e.type(0);
        INDArray exponent = e.constant(1).filter(array -> array.length() == 1).orElse(null);
        boolean sameShape = e.shape(1).rank() <= e.shape(0).rank();
        if (exponent == null || !sameShape || !type.isFPType()) {
            return List.of(generalPower(e, type));
        }
        double value = exponent.getDouble(0);
        return List.of(
                value == 2
                        ? e.sameDiff().math().square(e.in(0))
                        : e.sameDiff().math().pow(e.in(0), value));
    }

    /** Whole numbers are raised as doubles, as ONNX Runtime does. */
    private static SDVariable generalPower(Emission e, DataType type) {
        DataType wide =
                type == DataType.FLOAT && e.type(1) != DataType.DOUBLE ? type : DataType.DOUBLE;
        SDVariable result =
                Broadcasting.combine(
                        e, e.sameDiff().math()::pow, cast(e, 0, wide), cast(e, 1, wide));
        return wide == type ? result : result.castTo(type);
    }

    private static SDVariable cast(Emission e, int operand, DataType type) {
        return e.type(operand) == type ? e.in(operand) : e.in(operand).castTo(type);
    }

    private static SDVariable joined(Emission e, BinaryOperator<SDVariable> op) {
        e.requireType(0, NUMBERS);
        SDVariable result = e.in(0);
        for (int i = 1; i < e.operands(); i++) {
            result = Broadcasting.combine(e, op, result, e.in(i));
        }
        return result;
    }

    private static List<SDVariable> mean(Emission e) {
        e.requireFloating(0);
        return List.of(joined(e, SDVariable::add).div(e.operands()));
    }

    /** The larger or smaller one, NaN if one is: ND4J takes the number beside a NaN. */
    private static OnnxOp extremum(BinaryOperator<SDVariable> op) {
        return e -> {
            BinaryOperator<SDVariable> exact =
                    e.type(0).isFPType()
                            ? (a, b) -> {
                                SDVariable sum = a.add(b);
                                // inf - inf is NaN too, but then a and b themselves are numbers
                                SDVariable unordered =
                                        a.neq(a)
                                                .castTo(DataType.INT)
                                                .add(b.neq(b).castTo(DataType.INT))
                                                .gt(0);
                                return Broadcasting.select(e, unordered, sum, op.apply(a, b));
                            }
                            : op;
            return List.of(joined(e, exact));
        };
    }

    /** Between two bounds; a missing one is the last finite number of the type. */
    private static List<SDVariable> clip(Emission e) {
        e.requireType(0, NUMBERS);
        boolean known = !isComputed(e, 1) && !isComputed(e, 2);
        if (known && e.type(0).isFPType()) {
            double high = bound(e, 2, "max", 1);
            double low = Math.min(bound(e, 1, "min", -1), high);
            return List.of(e.sameDiff().math().clipByValue(e.in(0), low, high));
        }
        // ND4J's takes neither whole numbers nor bounds at run time
        SDVariable x = e.in(0);
        if (e.has(1)) {
            x = Broadcasting.select(e, x.lt(e.in(1)), e.in(1), x);
        }
        return List.of(e.has(2) ? Broadcasting.select(e, x.gt(e.in(2)), e.in(2), x) : x);
    }

    private static boolean isComputed(Emission e, int operand) {
        return e.has(operand) && e.constant(operand).isEmpty();
    }

    /** A bound given as an operand, or before opset 11 as an attribute. */
    private static double bound(Emission e, int operand, String attribute, int sign) {
        double last = e.type(0) == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        return e.has(operand)
                ? e.fixed(operand, attribute).getDouble(0)
                : e.real(attribute, sign * last);
    }
}
