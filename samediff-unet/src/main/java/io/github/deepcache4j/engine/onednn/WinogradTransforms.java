// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.runtime.Instruction;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;

/**
 * The sums and differences of F(2x2, 3x3), along one axis at a time and for all channels at once
 * (Lavin and Gray 2016, section 4.1). Rows of channels lie behind one another without gaps, so that
 * each is one of oneDNN's binary primitives on dense memory.
 *
 * @param outer owns the primitives
 */
record WinogradTransforms(Workshop outer) {

    /**
     * Bᵀd: d0 - d2, d1 + d2, d2 - d1, d1 - d3.
     *
     * @param even the elements d0; moved by one they are d2
     * @param odd the elements d1; moved by one they are d3
     * @param move from an element to the next one of the same parity
     * @param rows how many, of {@code channels} each
     * @param to the four results, one behind another
     */
    List<Instruction> forward(
            Place even, Place odd, long move, long rows, long channels, Place to) {
        Place d2 = even.plus(move);
        Place d3 = odd.plus(move);
        Layout layout = Layout.dense(Shape.of(rows, channels));
        long size = rows * channels;
        return List.of(
                combine(dnnl_binary_sub, List.of(even, d2), layout, null, to),
                combine(dnnl_binary_add, List.of(odd, d2), layout, null, to.plus(size)),
                combine(dnnl_binary_sub, List.of(d2, odd), layout, null, to.plus(2 * size)),
                combine(dnnl_binary_sub, List.of(odd, d3), layout, null, to.plus(3 * size)));
    }

    /**
     * Aᵀm: m0 + m1 + m2, m1 - m2 - m3.
     *
     * @param from m0 to m3, one behind another
     * @param bias is added to both, {@code [channels]}
     * @param to the two results, one behind another
     */
    List<Instruction> inverse(
            Place from, long rows, long channels, @Nullable Operand bias, Place to) {
        Layout layout = Layout.dense(Shape.of(rows, channels));
        long size = rows * channels;
        Place m1 = from.plus(size);
        Place m2 = from.plus(2 * size);
        Place m3 = from.plus(3 * size);
        return List.of(
                combine(dnnl_binary_add, List.of(from, m1, m2), layout, bias, to),
                combine(dnnl_binary_sub, List.of(m1, m2, m3), layout, bias, to.plus(size)));
    }

    private Instruction combine(
            int algorithm,
            List<Place> operands,
            Layout layout,
            @Nullable Operand bias,
            Place result) {
        Workshop workshop = outer.owned();
        dnnl_memory_desc left = workshop.argument(DNNL_ARG_SRC_0, layout, operands.get(0));
        dnnl_memory_desc right = workshop.argument(DNNL_ARG_SRC_1, layout, operands.get(1));
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, layout, result);
        if (operands.size() == 3) {
            workshop.thenBinary(algorithm, layout, operands.get(2));
        }
        if (bias != null) {
            workshop.thenBinary(
                    dnnl_binary_add, bias.with(Layout.dense(Shape.of(1, layout.size(1)))));
        }
        return workshop.call(
                workshop.describe(
                        "binary",
                        description ->
                                dnnl_binary_primitive_desc_create(
                                        description,
                                        workshop.dnnl().engine(),
                                        algorithm,
                                        left,
                                        right,
                                        target,
                                        workshop.attributes())));
    }
}
