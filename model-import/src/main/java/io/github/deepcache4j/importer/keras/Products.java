// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.List;
import java.util.Map;

/** Products of tensors that several layers make. */
final class Products {

    private Products() {}

    /** Einstein summation; an ellipsis stands for what the first operand has there. */
    static KerasTensor einsum(LayerCall call, String equation, List<KerasTensor> operands) {
        String plain = equation.replace(" ", "");
        int arrow = plain.indexOf("->");
        if (arrow < 0) {
            throw call.refuse("the equation " + equation + " without -> is not supported");
        }
        String first = plain.substring(0, arrow).split(",")[0];
        String result = plain.substring(arrow + 2);
        int rank = result.replace(".", "").length();
        if (result.contains("...")) {
            rank += operands.get(0).rank() - first.replace(".", "").length();
        }
        return call.operator(
                "Einsum",
                rank,
                Map.of("equation", plain),
                new Elementwise(call).promoted(operands).toArray(KerasTensor[]::new));
    }

    /** NumPy's matmul. */
    static KerasTensor matMul(LayerCall call, KerasTensor a, KerasTensor b) {
        List<KerasTensor> both = new Elementwise(call).promoted(List.of(a, b));
        int vectors = (a.rank() == 1 ? 1 : 0) + (b.rank() == 1 ? 1 : 0);
        int rank = Math.max(2, Math.max(a.rank(), b.rank())) - vectors;
        return call.operator("MatMul", rank, Map.of(), both.get(0), both.get(1));
    }
}
