// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.Set;

/**
 * How {@link UniPcSampler} solves.
 *
 * @param order of the predictor, 1 or more; the corrector adds one. diffusers' {@code solver_order}
 * @param bh1 whether B(h) is h, for few unguided steps, rather than e^h - 1; {@code solver_type}
 * @param predictsX0 whether it extrapolates x0, not epsilon; {@code predict_x0}
 * @param lowerOrderFinal whether orders fall towards the end; {@code lower_order_final}
 * @param uncorrected steps (from 0) whose result is not corrected; {@code disable_corrector}
 */
public record UniPcOptions(
        int order,
        boolean bh1,
        boolean predictsX0,
        boolean lowerOrderFinal,
        Set<Integer> uncorrected) {

    public UniPcOptions {
        uncorrected = Set.copyOf(uncorrected);
        if (order < 1) {
            throw new IllegalArgumentException("solver_order " + order + " is not 1 or more");
        }
    }

    /** UniPC-2 with B2 on x0, diffusers' default. */
    public static UniPcOptions defaults() {
        return ofOrder(2);
    }

    public static UniPcOptions ofOrder(int order) {
        return new UniPcOptions(order, false, true, true, Set.of());
    }

    static UniPcOptions read(ConfigKeys keys) {
        return new UniPcOptions(
                keys.whole("solver_order", 2),
                keys.word("solver_type", "bh2", "bh1").equals("bh1"),
                keys.flag("predict_x0", true),
                keys.flag("lower_order_final", true),
                Set.copyOf(keys.wholes("disable_corrector")));
    }
}
