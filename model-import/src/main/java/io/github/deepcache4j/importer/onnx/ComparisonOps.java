// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Comparison, boolean operators, and the choice between two tensors; with broadcasting. */
final class ComparisonOps {

    private ComparisonOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Equal", comparison(SDVariable::eq)),
                Map.entry("Greater", comparison(SDVariable::gt)),
                Map.entry("Less", comparison(SDVariable::lt)),
                Map.entry("GreaterOrEqual", comparison(SDVariable::gte)),
                Map.entry("LessOrEqual", comparison(SDVariable::lte)),
                Map.entry("And", logic((a, b) -> a.mul(b).gt(0))),
                Map.entry("Or", logic((a, b) -> a.add(b).gt(0))),
                Map.entry("Xor", logic(SDVariable::neq)),
                Map.entry("Not", ComparisonOps::not),
                Map.entry("Where", ComparisonOps::where));
    }

    /** Truth values are compared as 0 and 1, which ND4J does not do for its own type. */
    private static OnnxOp comparison(BinaryOperator<SDVariable> op) {
        return e -> List.of(Broadcasting.combine(e, op, asNumber(e, 0), asNumber(e, 1)));
    }

    private static SDVariable asNumber(Emission e, int operand) {
        return e.type(operand) == DataType.BOOL
                ? e.in(operand).castTo(DataType.INT)
                : e.in(operand);
    }

    /** ND4J's boolean operations do not broadcast; whole numbers do. */
    private static OnnxOp logic(BinaryOperator<SDVariable> op) {
        return e -> {
            e.requireType(0, DataType.BOOL);
            e.requireType(1, DataType.BOOL);
            return List.of(Broadcasting.combine(e, op, asNumber(e, 0), asNumber(e, 1)));
        };
    }

    private static List<SDVariable> not(Emission e) {
        e.requireType(0, DataType.BOOL);
        return List.of(asNumber(e, 0).eq(0));
    }

    private static List<SDVariable> where(Emission e) {
        e.requireType(0, DataType.BOOL);
        return List.of(Broadcasting.select(e, e.in(0), e.in(1), e.in(2)));
    }
}
