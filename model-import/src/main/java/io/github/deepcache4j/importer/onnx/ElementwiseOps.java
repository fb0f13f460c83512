// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Functions of one number: roots, powers of e, angles, rounding. */
final class ElementwiseOps {

    private ElementwiseOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Sqrt", floating(x -> x.getSameDiff().math().sqrt(x))),
                Map.entry("Exp", floating(x -> x.getSameDiff().math().exp(x))),
                Map.entry("Log", floating(x -> x.getSameDiff().math().log(x))),
                Map.entry("Erf", floating(x -> x.getSameDiff().math().erf(x))),
                Map.entry("Sin", floating(x -> x.getSameDiff().math().sin(x))),
                Map.entry("Cos", floating(x -> x.getSameDiff().math().cos(x))),
                Map.entry("Tan", floating(x -> x.getSameDiff().math().tan(x))),
                Map.entry("Sinh", floating(x -> x.getSameDiff().math().sinh(x))),
                Map.entry("Cosh", floating(x -> x.getSameDiff().math().cosh(x))),
                Map.entry("Reciprocal", floating(x -> x.rdiv(1))),
                Map.entry("Floor", floating(x -> x.getSameDiff().math().floor(x))),
                Map.entry("Ceil", floating(x -> x.getSameDiff().math().ceil(x))),
                Map.entry("Round", ElementwiseOps::round),
                Map.entry("Neg", number(SDVariable::neg)),
                Map.entry("Abs", number(x -> x.getSameDiff().math().abs(x))),
                Map.entry("IsNaN", floating(x -> x.getSameDiff().math().isNaN(x))),
                Map.entry("IsInf", ElementwiseOps::isInfinite));
    }

    private static OnnxOp floating(Function<SDVariable, SDVariable> function) {
        return e -> {
            e.requireFloating(0);
            return List.of(function.apply(e.in(0)));
        };
    }

    private static OnnxOp number(Function<SDVariable, SDVariable> function) {
        return e -> {
            e.requireType(0, DataType.FLOAT, DataType.DOUBLE, DataType.INT, DataType.LONG);
            return List.of(function.apply(e.in(0)));
        };
    }

    private static List<SDVariable> round(Emission e) {
        e.requireFloating(0);
        return List.of(halfToEven(e, e.in(0)));
    }

    /**
     * To the nearest whole number, halves to the even one. ND4J rounds halves away from zero; twice
     * the rounded half of a number that lies in the middle of two whole ones is the even one.
     */
    static SDVariable halfToEven(Emission e, SDVariable x) {
        SDVariable fraction = x.sub(e.sameDiff().math().floor(x));
        SDVariable isHalf = fraction.eq(e.scalar(x.dataType(), 0.5));
        SDVariable even = e.sameDiff().math().round(x.mul(0.5)).mul(2);
        return Broadcasting.select(e, isHalf, even, e.sameDiff().math().round(x));
    }

    private static List<SDVariable> isInfinite(Emission e) {
        e.requireFloating(0);
        boolean positive = e.integer("detect_positive", 1) == 1;
        boolean negative = e.integer("detect_negative", 1) == 1;
        if (!positive || !negative) {
            throw e.refuse("detecting infinities of one sign is not supported");
        }
        return List.of(e.sameDiff().math().isInfinite(e.in(0)));
    }
}
