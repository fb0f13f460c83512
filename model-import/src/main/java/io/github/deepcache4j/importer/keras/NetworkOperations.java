// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Functions of {@code keras.ops} that networks are made of: products, attention, look-ups. */
final class NetworkOperations {

    private static final List<Long> HEADS_FIRST = List.of(0L, 2L, 1L, 3L);

    private NetworkOperations() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "Matmul", ActivationLayers.one(NetworkOperations::matMul),
                "Einsum", ActivationLayers.one(NetworkOperations::einsum),
                "Softmax", ActivationLayers.one(NetworkOperations::softmax),
                "DotProductAttention", ActivationLayers.one(NetworkOperations::attention),
                "Take", ActivationLayers.one(NetworkOperations::take),
                "Resize", ActivationLayers.one(NetworkOperations::resize));
    }

    private static KerasTensor matMul(LayerCall call) {
        return Products.matMul(
                call, ElementwiseOperations.first(call), ElementwiseOperations.second(call));
    }

    private static KerasTensor einsum(LayerCall call) {
        List<KerasTensor> operands = new ArrayList<>();
        for (int place = 0; place < call.arguments().size(); place++) {
            operands.add(call.floating(call.tensor(place, "operands")));
        }
        if (operands.isEmpty()) {
            throw call.refuse("it is called with no tensors");
        }
        return Products.einsum(call, call.config().text("subscripts", ""), operands);
    }

    private static KerasTensor softmax(LayerCall call) {
        List<Long> axes = call.config().integers("axis").orElse(List.of());
        if (axes.size() != 1) {
            throw call.refuse("a softmax over the axes " + axes + " is not supported");
        }
        return Activations.softmax(
                call, "Softmax", ElementwiseOperations.floating(call), axes.get(0));
    }

    /** Of {@code [batch, tokens, heads, size]}. */
    private static KerasTensor attention(LayerCall call) {
        call.config().ignore("flash_attention");
        call.config().requireUnset("attn_logits_soft_cap");
        KerasTensor query = call.floating(call.tensor(0, "query"));
        KerasTensor key = call.floating(call.tensor(1, "key"));
        KerasTensor value = call.floating(call.tensor(2, "value"));
        if (query.rank() != 4 || key.rank() != 4 || value.rank() != 4) {
            throw call.refuse("operands of other than 4 axes are not supported");
        }
        Optional<KerasTensor> bias = call.find(3, "bias");
        Optional<KerasTensor> given = call.find(4, "mask");
        KerasTensor scale =
                call.find(5, "scale").map(call::floating).orElseGet(() -> rootOfSize(call, query));
        KerasTensor q = call.elementwise("Mul", call.transpose(query, HEADS_FIRST), scale);
        KerasTensor k = call.transpose(key, HEADS_FIRST);
        KerasTensor raw = Products.matMul(call, q, call.transpose(k, List.of(0L, 1L, 3L, 2L)));
        KerasTensor scores = bias.map(b -> call.elementwise("Add", raw, b)).orElse(raw);
        Optional<KerasTensor> causal =
                call.config().flag("is_causal", false)
                        ? Optional.of(
                                AttentionMask.causal(
                                        call,
                                        call.transpose(query, HEADS_FIRST),
                                        call.transpose(value, HEADS_FIRST)))
                        : Optional.empty();
        KerasTensor shown = scores;
        for (Optional<KerasTensor> mask : List.of(given, causal)) {
            if (mask.isPresent()) {
                shown = AttentionMask.apply(call, shown, call.cast(mask.get(), DataType.BOOL));
            }
        }
        KerasTensor weights = Activations.softmax(call, "Softmax", shown, -1);
        KerasTensor mixture = Products.matMul(call, weights, call.transpose(value, HEADS_FIRST));
        return call.transpose(mixture, HEADS_FIRST);
    }

    /** 1 / sqrt(size). */
    private static KerasTensor rootOfSize(LayerCall call, KerasTensor query) {
        String size = new Sizes(call).product(query, List.of(query.rank() - 1L));
        KerasTensor number = KerasTensor.plain(size, 1, DataType.LONG);
        KerasTensor root = call.elementwise("Sqrt", call.floating(number));
        return call.elementwise("Reciprocal", call.reshape(root, List.of(1L)));
    }

    /** Rows of a table, or elements along an axis. */
    private static KerasTensor take(LayerCall call) {
        KerasTensor x = call.tensor(0, "x");
        KerasTensor indices = call.tensor(1, "indices");
        if (!call.config().has("axis") || indices.type().isFPType()) {
            throw call.refuse("only whole numbers along one axis are supported");
        }
        long axis = call.axis(call.config().integer("axis", 0), x.rank());
        return call.operator(
                "Gather", x.rank() + indices.rank() - 1, Map.of("axis", axis), x, indices);
    }

    private static KerasTensor resize(LayerCall call) {
        List<Long> size = call.config().integers("size").orElse(List.of());
        if (size.size() != 2) {
            throw call.refuse("attribute size=" + size + " is not supported");
        }
        return ResizingLayers.resize(call, size.get(0), size.get(1));
    }
}
