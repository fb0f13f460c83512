// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Attention with projections: several heads, with keys and values of their own or shared. */
final class AttentionLayers {

    private static final List<Long> HEADS_FIRST = List.of(0L, 2L, 1L, 3L);

    private AttentionLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "MultiHeadAttention", AttentionLayers::multiHead,
                "GroupQueryAttention", AttentionLayers::grouped,
                "GroupedQueryAttention", AttentionLayers::grouped,
                "Attention", ScoreAttention::attention,
                "AdditiveAttention", ScoreAttention::additive);
    }

    private static List<KerasTensor> multiHead(LayerCall call) {
        LayerConfig config = call.config();
        config.ignore(
                "dropout",
                "output_shape",
                "flash_attention",
                "query_shape",
                "key_shape",
                "value_shape",
                "num_heads",
                "value_dim");
        config.requireUnset("use_gate", "sliding_window");
        double scale = 1 / Math.sqrt(config.integer("key_dim", 1));
        return attend(call, scale, 1);
    }

    private static List<KerasTensor> grouped(LayerCall call) {
        LayerConfig config = call.config();
        config.ignore("dropout", "flash_attention");
        config.requireUnset("use_gate", "sliding_window");
        double scale = 1 / Math.sqrt(config.integer("head_dim", 1));
        long heads = config.integer("num_query_heads", 1);
        long keyHeads = config.integer("num_key_value_heads", 1);
        if (keyHeads < 1 || heads % keyHeads != 0) {
            throw call.refuse(heads + " heads of queries over " + keyHeads + " of keys");
        }
        return attend(call, scale, heads / keyHeads);
    }

    /**
     * @param repeats heads of queries for each head of keys and values
     */
    private static List<KerasTensor> attend(LayerCall call, double scale, long repeats) {
        KerasTensor query = call.floating(call.tensor(0, "query"));
        KerasTensor value = call.floating(call.tensor(1, "value"));
        KerasTensor key = call.find(2, "key").map(call::floating).orElse(value);
        AttentionAxes axes = AttentionAxes.of(call, query);
        Optional<KerasTensor> mask = AttentionMask.read(call, query, value, 6, 9);
        if (mask.isPresent() && !axes.isSequence()) {
            throw call.refuse("a mask for attention over several axes is not supported");
        }
        KerasTensor q = heads(call, axes.sequence(query), "query", 1);
        KerasTensor k = heads(call, axes.sequence(key), "key", repeats);
        KerasTensor v = heads(call, axes.sequence(value), "value", repeats);
        KerasTensor scaled = call.elementwise("Mul", q, call.scalar(scale));
        KerasTensor scores =
                Products.matMul(call, scaled, call.transpose(k, List.of(0L, 1L, 3L, 2L)));
        KerasTensor shown =
                mask.map(allowed -> AttentionMask.apply(call, scores, byHead(call, allowed)))
                        .orElse(scores);
        KerasTensor weights = Activations.softmax(call, "Softmax", shown, -1);
        KerasTensor mixture = Products.matMul(call, weights, v);
        KerasTensor result =
                axes.restore(output(call, call.transpose(mixture, HEADS_FIRST)), query);
        return call.isTrue(7, "return_attention_scores")
                ? List.of(result, weights)
                : List.of(result);
    }

    /** {@code [batch, queries, keys]} for all heads alike; with four axes it has them already. */
    private static KerasTensor byHead(LayerCall call, KerasTensor mask) {
        if (mask.rank() == 4) {
            return mask;
        }
        KerasTensor rows = mask.rank() == 2 ? call.shaped("Unsqueeze", 3, mask, List.of(0L)) : mask;
        return call.shaped("Unsqueeze", 4, rows, List.of(1L));
    }

    /** Projects {@code [batch, tokens, width]} to {@code [batch, heads, tokens, size]}. */
    private static KerasTensor heads(LayerCall call, KerasTensor x, String name, long repeats) {
        LayerWeights weights = call.weights().part(name + "_dense", name);
        INDArray kernel = required(call, weights, "kernel", 0, name);
        ConvolutionLayers.requireRank(call, kernel, 3);
        long heads = kernel.size(1);
        long size = kernel.size(2);
        INDArray matrix = kernel.dup('c').reshape('c', kernel.size(0), heads * size);
        KerasTensor projected =
                call.operator("MatMul", 3, Map.of(), x, call.constant(name + "/kernel", matrix));
        if (call.config().flag("use_bias", true)) {
            INDArray bias = required(call, weights, "bias", 1, name);
            projected =
                    call.elementwise(
                            "Add",
                            projected,
                            call.constant(name + "/bias", bias.dup('c').reshape(heads * size)));
        }
        KerasTensor split = call.reshape(projected, List.of(0L, 0L, heads, size));
        KerasTensor first = call.transpose(split, HEADS_FIRST);
        if (repeats == 1) {
            return first;
        }
        KerasTensor apart = call.shaped("Unsqueeze", 5, first, List.of(2L));
        KerasTensor tiled = call.shaped("Tile", 5, apart, List.of(1L, 1L, repeats, 1L, 1L));
        return call.reshape(tiled, List.of(0L, heads * repeats, -1L, size));
    }

    private static INDArray required(
            LayerCall call, LayerWeights weights, String variable, int index, String name) {
        return weights.find(variable, index)
                .orElseThrow(() -> call.refuse("the file has no weight " + name + "/" + variable));
    }

    /** From {@code [batch, tokens, heads, size]} to the width of the output. */
    private static KerasTensor output(LayerCall call, KerasTensor mixture) {
        String name = "attention_output";
        LayerWeights weights = call.weights().part("output_dense", name);
        INDArray kernel = required(call, weights, "kernel", 0, name);
        if (kernel.rank() < 3) {
            throw call.refuse("its kernel has " + kernel.rank() + " axes");
        }
        long inner = kernel.size(0) * kernel.size(1);
        long outer = kernel.length() / inner;
        INDArray matrix = kernel.dup('c').reshape('c', inner, outer);
        KerasTensor joined = call.reshape(mixture, List.of(0L, 0L, inner));
        KerasTensor projected =
                call.operator(
                        "MatMul", 3, Map.of(), joined, call.constant(name + "/kernel", matrix));
        if (call.config().flag("use_bias", true)) {
            INDArray bias = required(call, weights, "bias", 1, name).dup('c').reshape(outer);
            projected = call.elementwise("Add", projected, call.constant(name + "/bias", bias));
        }
        if (kernel.rank() == 3) {
            return projected;
        }
        List<Long> sizes = new ArrayList<>(List.of(0L, 0L));
        for (int axis = 2; axis < kernel.rank(); axis++) {
            sizes.add(kernel.size(axis));
        }
        return call.reshape(projected, sizes);
    }
}
