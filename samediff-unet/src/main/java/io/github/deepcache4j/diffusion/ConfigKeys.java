// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The keys of one configuration as they are taken, with every fault found on the way. */
final class ConfigKeys {

    private final Map<String, JsonNode> left = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    ConfigKeys(JsonNode root) {
        root.fields().forEachRemaining(field -> left.put(field.getKey(), field.getValue()));
    }

    /** A configuration that says nothing, so that all is default. */
    static ConfigKeys none() {
        return new ConfigKeys(MissingNode.getInstance());
    }

    void fault(String fault) {
        faults.add(fault);
    }

    List<String> faults() {
        return Collections.unmodifiableList(faults);
    }

    /** What nobody asked for, in order of the keys. */
    Map<String, JsonNode> left() {
        return new TreeMap<>(left);
    }

    /** The value of a key that is present and not null. */
    @Nullable JsonNode take(String key) {
        JsonNode value = left.remove(key);
        return value == null || value.isNull() ? null : value;
    }

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> E oneOf(String key, E otherwise) {
        List<String> names = new ArrayList<>();
        E[] constants = otherwise.getDeclaringClass().getEnumConstants();
        for (E constant : constants) {
            names.add(constant.name().toLowerCase(Locale.ROOT));
        }
        String word = word(key, otherwise.name().toLowerCase(Locale.ROOT), names);
        return constants[names.indexOf(word)];
    }

    /** One of two words. */
    String word(String key, String otherwise, String other) {
        return word(key, otherwise, List.of(otherwise, other));
    }

    private String word(String key, String otherwise, List<String> words) {
        JsonNode value = take(key);
        if (value == null || words.contains(value.textValue())) {
            return value == null ? otherwise : value.textValue();
        }
        unsupported(key, value, String.join(", ", words));
        return otherwise;
    }

    int whole(String key, int otherwise) {
        JsonNode value = take(key);
        if (value == null || isWhole(value)) {
            return value == null ? otherwise : value.intValue();
        }
        unsupported(key, value, "a whole number");
        return otherwise;
    }

    double number(String key, double otherwise) {
        return optionalNumber(key).orElse(otherwise);
    }

    OptionalDouble optionalNumber(String key) {
        JsonNode value = take(key);
        if (value != null && value.isNumber()) {
            return OptionalDouble.of(value.doubleValue());
        }
        if (value != null) {
            unsupported(key, value, "a number");
        }
        return OptionalDouble.empty();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = take(key);
        if (value == null || value.isBoolean()) {
            return value == null ? otherwise : value.booleanValue();
        }
        unsupported(key, value, "true or false");
        return otherwise;
    }

    /** Numbers of a list; null if there is no list. */
    float @Nullable [] floats(String key) {
        JsonNode value = take(key);
        if (value == null) {
            return null;
        }
        float[] floats = new float[value.size()];
        boolean good = value.isArray();
        for (int i = 0; i < floats.length && good; i++) {
            good = value.get(i).isNumber();
            floats[i] = value.get(i).floatValue();
        }
        if (!good) {
            unsupported(key, value, "a list of numbers");
            return null;
        }
        return floats;
    }

    /** Whole numbers of a list; none if there is no list. */
    List<Integer> wholes(String key) {
        JsonNode value = take(key);
        List<Integer> numbers = new ArrayList<>();
        if (value == null) {
            return numbers;
        }
        for (JsonNode element : value) {
            if (isWhole(element)) {
                numbers.add(element.intValue());
            }
        }
        if (!value.isArray() || numbers.size() < value.size()) {
            unsupported(key, value, "a list of whole numbers");
        }
        return numbers;
    }

    private static boolean isWhole(JsonNode value) {
        return value.canConvertToInt() && value.canConvertToExactIntegral();
    }

    void unsupported(String key, @Nullable JsonNode value, String supported) {
        fault(key + " " + value + " is not supported (" + supported + ")");
    }
}
