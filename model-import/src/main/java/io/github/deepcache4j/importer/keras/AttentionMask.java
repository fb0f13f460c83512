// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Which keys a query may see. */
final class AttentionMask {

    /** What a score is where a query may not see a key: nothing of it is left by the softmax. */
    private static final double HIDDEN = -1e9;

    private AttentionMask() {}

    /**
     * The mask that a call is given, and the causal one it asks for, as truth values.
     *
     * @param maskPlace place of the argument {@code attention_mask}
     * @param causalPlace place of the argument {@code use_causal_mask}
     */
    static Optional<KerasTensor> read(
            LayerCall call, KerasTensor query, KerasTensor value, int maskPlace, int causalPlace) {
        Optional<KerasTensor> given =
                call.find(maskPlace, "attention_mask").map(x -> call.cast(x, DataType.BOOL));
        if (!call.isTrue(causalPlace, "use_causal_mask")) {
            return given;
        }
        KerasTensor causal = causal(call, query, value);
        return Optional.of(given.map(mask -> call.elementwise("And", mask, causal)).orElse(causal));
    }

    /** {@code [queries, keys]}: a query sees the keys up to its own place. */
    static KerasTensor causal(LayerCall call, KerasTensor query, KerasTensor value) {
        Sizes sizes = new Sizes(call);
        KerasTensor ones =
                sizes.filled(
                        1,
                        List.of(
                                sizes.of(query, List.of(query.rank() - 2L)),
                                sizes.of(value, List.of(value.rank() - 2L))),
                        2);
        KerasTensor triangle = call.operator("Trilu", 2, Map.of("upper", 0L), ones);
        return call.cast(triangle, DataType.BOOL);
    }

    static KerasTensor apply(LayerCall call, KerasTensor scores, KerasTensor mask) {
        return call.elementwise("Where", mask, scores, call.scalar(HIDDEN));
    }
}
