// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a layer is called with. Each value is a {@link KerasTensor}, a {@link JsonNode}, or a list
 * of values.
 */
final class Arguments {

    private final List<Object> positional;
    private final Map<String, Object> named;
    private final Set<Object> read = new HashSet<>();

    Arguments(List<Object> positional, Map<String, Object> named) {
        this.positional = List.copyOf(positional);
        this.named = Map.copyOf(named);
    }

    /** An argument by its place or its name; empty if it is not given, or is None. */
    Optional<Object> find(int place, String name) {
        read.add(place);
        read.add(name);
        Object value =
                place >= 0 && place < positional.size() ? positional.get(place) : named.get(name);
        return Optional.ofNullable(value).filter(v -> !(v instanceof JsonNode j && j.isNull()));
    }

    /** All tensors, in order, those inside lists too. */
    List<KerasTensor> tensors() {
        List<KerasTensor> tensors = new ArrayList<>();
        positional.forEach(value -> collect(value, tensors));
        named.values().forEach(value -> collect(value, tensors));
        return tensors;
    }

    /** The tensors of the first argument, which layers that merge are called with. */
    List<KerasTensor> first() {
        List<KerasTensor> tensors = new ArrayList<>();
        find(0, "inputs").ifPresent(value -> collect(value, tensors));
        return tensors;
    }

    static void collect(Object value, List<KerasTensor> tensors) {
        if (value instanceof KerasTensor tensor) {
            tensors.add(tensor);
        } else if (value instanceof List<?> list) {
            list.forEach(element -> collect(element, tensors));
        }
    }

    /** Number of arguments given by place. */
    int size() {
        return positional.size();
    }

    /** What nobody has read and would change a prediction, as text. */
    List<String> unread() {
        List<String> faults = new ArrayList<>();
        for (int place = 0; place < positional.size(); place++) {
            if (!read.contains(place) && matters(positional.get(place))) {
                faults.add("argument " + place + shown(positional.get(place)));
            }
        }
        named.forEach(
                (name, value) -> {
                    if (!read.contains(name) && !name.equals("name") && matters(value)) {
                        faults.add("argument " + name + shown(value));
                    }
                });
        return faults;
    }

    private static boolean matters(Object value) {
        return !(value instanceof JsonNode json
                && (json.isNull() || json.isBoolean() && !json.booleanValue()));
    }

    private static String shown(Object value) {
        return (value instanceof JsonNode json ? "=" + LayerConfig.shown(json) : " (a tensor)")
                + " is not supported";
    }
}
