// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a configuration's field can be built.
 *
 * @param supported the same in words, for a message
 */
record FieldRule(String supported, Predicate<JsonNode> accepts) {

    private static final JsonMapper MAPPER = new JsonMapper();

    static final FieldRule COUNT = new FieldRule("a positive whole number", FieldRule::isCount);
    static final FieldRule COUNTS =
            new FieldRule("a list of positive whole numbers", value -> isList(value, true));
    static final FieldRule COUNT_PER_LEVEL =
            new FieldRule(
                    "a positive whole number, or a list of them",
                    value -> isCount(value) || isList(value, true));
    static final FieldRule WORDS =
            new FieldRule("a list of block types", value -> isList(value, false));
    static final FieldRule FLAG = new FieldRule("true or false", JsonNode::isBoolean);
    static final FieldRule POSITIVE =
            new FieldRule("a positive number", value -> value.isNumber() && value.asDouble() > 0);
    static final FieldRule SIZE =
            new FieldRule(
                    "a positive whole number, or a list of height and width",
                    value -> isCount(value) || isList(value, true) && value.size() == 2);

    /** A rule that takes null too. */
    FieldRule orNull() {
        return new FieldRule(supported + ", or null", value -> value.isNull() || accepts(value));
    }

    /** Only these values; null is diffusers' None. */
    static FieldRule only(@Nullable Object... values) {
        List<JsonNode> nodes = Arrays.stream(values).map(FieldRule::node).toList();
        String list = nodes.stream().map(JsonNode::toString).collect(Collectors.joining(" or "));
        return new FieldRule(
                "only " + list, value -> nodes.stream().anyMatch(node -> equal(node, value)));
    }

    private static JsonNode node(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Numbers are equal by value: diffusers writes 1 and 1.0. */
    private static boolean equal(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.asDouble() == b.asDouble() : a.equals(b);
    }

    boolean accepts(JsonNode value) {
        return accepts.test(value);
    }

    private static boolean isCount(JsonNode value) {
        return value.canConvertToInt() && value.canConvertToExactIntegral() && value.asInt() > 0;
    }

    private static boolean isList(JsonNode value, boolean numbers) {
        if (!value.isArray() || value.isEmpty()) {
            return false;
        }
        for (JsonNode element : value) {
            if (numbers ? !isCount(element) : !element.isTextual()) {
                return false;
            }
        }
        return true;
    }
}
