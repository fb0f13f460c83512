// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.runtime.Instruction;
import io.github.deepcache4j.graph.Shape;
import java.util.List;

/**
 * GgGᵀ of Lavin and Gray 2016 for every pair of channels, as one product: [16, 9], which is G for
 * rows times G for columns, with the weights as [9, in out].
 */
final class WinogradWeights {

    private static final float[][] G = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};

    private WinogradWeights() {}

    /**
     * @param weights {@code [out, in, 3, 3]}
     * @return writes them as {@code [16, in, out]}
     */
    static PackedWeights.Filling of(Operand weights, Workshop outer) {
        return (form, target) -> {
            try (Scratchpad memory = new Scratchpad();
                    Scratchpad working = new Scratchpad()) {
                Workshop taps = outer.once(working);
                Workshop product = outer.once(working);
                Workshop pack = outer.once(working);
                long in = weights.layout().size(1);
                long out = weights.layout().size(0);
                Place source = new Place(memory, 0);
                Place matrix = source.plus(9 * in * out);
                Place result = matrix.plus(16 * 9);
                Layout nine =
                        new Layout(
                                weights.layout().sizes(), List.of(1L, out, 3 * in * out, in * out));
                Instruction toTaps =
                        taps.reorder(
                                taps.argument(DNNL_ARG_FROM, weights),
                                taps.argument(DNNL_ARG_TO, nine, source));
                Instruction multiply =
                        product.product(
                                product.argument(
                                        DNNL_ARG_SRC, Layout.dense(Shape.of(16, 9)), matrix),
                                product.argument(
                                        DNNL_ARG_WEIGHTS,
                                        Layout.dense(Shape.of(9, in * out)),
                                        source),
                                product.argument(
                                        DNNL_ARG_DST,
                                        Layout.dense(Shape.of(16, in * out)),
                                        result));
                pack.argument(DNNL_ARG_TO, form, target);
                Instruction toForm =
                        pack.reorder(
                                pack.argument(
                                        DNNL_ARG_FROM, Layout.dense(Shape.of(16, in, out)), result),
                                form);
                memory.write(matrix.offset(), squares());
                for (Instruction step : List.of(toTaps, multiply, toForm)) {
                    step.run();
                    step.close();
                }
            }
        };
    }

    /** Factors of the nine weights in each of the 16 sums. */
    private static float[] squares() {
        float[] all = new float[16 * 9];
        for (int i = 0; i < 16; i++) {
            for (int tap = 0; tap < 9; tap++) {
                all[9 * i + tap] = G[i / 4][tap / 3] * G[i % 4][tap % 3];
            }
        }
        return all;
    }
}
