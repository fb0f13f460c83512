// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attention without projections: called with a query, a value, and perhaps a key. */
final class ScoreAttention {

    private ScoreAttention() {}

    static List<KerasTensor> attention(LayerCall call) {
        call.config().ignore("dropout");
        String mode = call.config().text("score_mode", "dot");
        boolean scaled = call.config().flag("use_scale", false);
        List<KerasTensor> inputs = inputs(call);
        KerasTensor query = inputs.get(0);
        KerasTensor key = inputs.get(2);
        Optional<KerasTensor> scale =
                scaled
                        ? Optional.of(call.constant("scale", call.weight("scale", 0)))
                        : Optional.empty();
        KerasTensor scores =
                switch (mode) {
                    case "dot" -> {
                        KerasTensor turned = call.transpose(key, List.of(0L, 2L, 1L));
                        KerasTensor factor =
                                scale.map(s -> call.elementwise("Mul", query, s)).orElse(query);
                        yield Products.matMul(call, factor, turned);
                    }
                    case "concat" -> {
                        KerasTensor weight =
                                call.constant(
                                        "concat_score_weight",
                                        call.weight("concat_score_weight", scaled ? 1 : 0));
                        KerasTensor sum = pairs(call, query, key);
                        KerasTensor inner =
                                scale.map(s -> call.elementwise("Mul", sum, s)).orElse(sum);
                        yield call.elementwise("Mul", total(call, inner, null), weight);
                    }
                    default ->
                            throw call.refuse("attribute score_mode=" + mode + " is not supported");
                };
        return mixture(call, inputs, scores);
    }

    /** Bahdanau et al. 2015: the sum of scale * tanh(query + key). */
    static List<KerasTensor> additive(LayerCall call) {
        call.config().ignore("dropout");
        List<KerasTensor> inputs = inputs(call);
        KerasTensor sum = pairs(call, inputs.get(0), inputs.get(2));
        KerasTensor scale =
                call.config().flag("use_scale", true)
                        ? call.constant("scale", call.weight("scale", 0))
                        : null;
        return mixture(call, inputs, total(call, sum, scale));
    }

    /** Query, value and key; the key is the value unless there are three. */
    private static List<KerasTensor> inputs(LayerCall call) {
        List<KerasTensor> given = call.inputs().stream().map(call::floating).toList();
        if (given.size() < 2 || given.size() > 3 || given.stream().anyMatch(x -> x.rank() != 3)) {
            throw call.refuse("this form of it is not supported");
        }
        return List.of(given.get(0), given.get(1), given.get(given.size() - 1));
    }

    /** query + key of each pair, {@code [batch, queries, keys, width]}. */
    private static KerasTensor pairs(LayerCall call, KerasTensor query, KerasTensor key) {
        return call.elementwise(
                "Add",
                call.shaped("Unsqueeze", 4, query, List.of(2L)),
                call.shaped("Unsqueeze", 4, key, List.of(1L)));
    }

    private static KerasTensor total(
            LayerCall call, KerasTensor x, @org.jspecify.annotations.Nullable KerasTensor scale) {
        KerasTensor tanh = call.elementwise("Tanh", x);
        KerasTensor scaled = scale == null ? tanh : call.elementwise("Mul", tanh, scale);
        String result =
                call.graph()
                        .node(
                                call.path(),
                                "ReduceSum",
                                List.of(
                                        call.graph().plain(scaled),
                                        call.graph().longs(List.of(-1L))),
                                Map.of("keepdims", 0L));
        return KerasTensor.plain(result, 3, x.type());
    }

    private static List<KerasTensor> mixture(
            LayerCall call, List<KerasTensor> inputs, KerasTensor scores) {
        // in call(inputs, mask, training, return_attention_scores, use_causal_mask)
        KerasTensor shown =
                call.isTrue(4, "use_causal_mask")
                        ? AttentionMask.apply(
                                call,
                                scores,
                                AttentionMask.causal(call, inputs.get(0), inputs.get(1)))
                        : scores;
        KerasTensor weights = Activations.softmax(call, "Softmax", shown, -1);
        KerasTensor result = Products.matMul(call, weights, inputs.get(1));
        return call.isTrue(3, "return_attention_scores")
                ? List.of(result, weights)
                : List.of(result);
    }
}
