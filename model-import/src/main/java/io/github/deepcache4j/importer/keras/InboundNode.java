// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.importer.keras.NetworkConfig.TensorRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a call of a layer is written down.
 *
 * <pre>
 *   Keras 3: {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["conv", 0, 0]}}], "kwargs": {}}
 *   Keras 2: [["conv", 0, 0, {}], ["other", 0, 0, {}]], or ["conv", 0, 0, {"y": ["other", 0, 0]}]
 * </pre>
 */
final class InboundNode {

    private static final int DEEPEST = 16;

    private final JsonNode node;
    private final Function<TensorRef, KerasTensor> tensors;

    InboundNode(JsonNode node, Function<TensorRef, KerasTensor> tensors) {
        this.node = node;
        this.tensors = tensors;
    }

    /** The tensors that a call takes, without looking them up. */
    static List<TensorRef> references(JsonNode node) {
        List<TensorRef> found = new ArrayList<>();
        new InboundNode(
                        node,
                        ref -> {
                            found.add(ref);
                            return KerasTensor.doubtful(
                                    "", 0, org.nd4j.linalg.api.buffer.DataType.FLOAT);
                        })
                .arguments();
        return found;
    }

    Arguments arguments() {
        return node.isObject() ? current() : legacy();
    }

    private Arguments current() {
        List<Object> positional = new ArrayList<>();
        node.path("args").forEach(value -> positional.add(value(value, 0)));
        Map<String, Object> named = new LinkedHashMap<>();
        node.path("kwargs")
                .fields()
                .forEachRemaining(entry -> named.put(entry.getKey(), value(entry.getValue(), 0)));
        return new Arguments(positional, named);
    }

    private Object value(JsonNode json, int depth) {
        if (depth > DEEPEST) {
            return json;
        }
        String kind = json.path("class_name").asText("");
        if (kind.equals("__keras_tensor__")) {
            Optional<TensorRef> ref = TensorRef.read(json.path("config").path("keras_history"));
            return ref.<Object>map(tensors::apply).orElse(json);
        }
        if (kind.equals("__tuple__")) {
            return list(json.path("items"), depth);
        }
        return json.isArray() ? list(json, depth) : json;
    }

    private List<Object> list(JsonNode array, int depth) {
        List<Object> values = new ArrayList<>();
        array.forEach(element -> values.add(value(element, depth + 1)));
        return values;
    }

    private Arguments legacy() {
        List<Object> positional = new ArrayList<>();
        Map<String, Object> named = new LinkedHashMap<>();
        if (TensorRef.read(node).isPresent()) {
            entry(node, positional, named);
        } else {
            List<Object> each = new ArrayList<>();
            node.forEach(entry -> entry(entry, each, named));
            if (!each.isEmpty()) {
                positional.add(each.size() == 1 ? each.get(0) : each);
            }
        }
        return new Arguments(positional, named);
    }

    private void entry(JsonNode entry, List<Object> tensorsOfEntry, Map<String, Object> named) {
        TensorRef.read(entry).map(tensors).ifPresent(tensorsOfEntry::add);
        if (entry.size() > 3) {
            entry.get(3)
                    .fields()
                    .forEachRemaining(
                            field -> named.put(field.getKey(), legacyValue(field.getValue(), 0)));
        }
    }

    private Object legacyValue(JsonNode json, int depth) {
        Optional<TensorRef> ref = TensorRef.read(json);
        if (ref.isPresent()) {
            return tensors.apply(ref.get());
        }
        if (!json.isArray() || depth > DEEPEST) {
            return json;
        }
        List<Object> values = new ArrayList<>();
        json.forEach(element -> values.add(legacyValue(element, depth + 1)));
        return values;
    }
}
