// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The attributes of one layer, as its file gives them. One that nobody reads makes the import fail
 * by name, so that nothing is ignored silently.
 */
public final class LayerConfig {

    /** What decides training, or where weights start, changes no prediction. */
    private static final Pattern OF_TRAINING =
            Pattern.compile(
                    "name|trainable|dtype|seed|batch_input_shape|batch_shape|input_dim|input_length"
                            + "|.*_(initializer|regularizer|constraint)");

    private final JsonNode attributes;
    private final Set<String> read = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    LayerConfig(JsonNode attributes) {
        this.attributes = attributes;
    }

    /** An attribute of any kind; empty if it is not there, or null. */
    public Optional<JsonNode> json(String attribute) {
        read.add(attribute);
        return Optional.ofNullable(attributes.get(attribute)).filter(value -> !value.isNull());
    }

    public boolean has(String attribute) {
        return json(attribute).isPresent();
    }

    public String text(String attribute, String otherwise) {
        return json(attribute)
                .map(
                        value ->
                                value.isTextual()
                                        ? value.textValue()
                                        : misfit(attribute, value, "text", otherwise))
                .orElse(otherwise);
    }

    public double real(String attribute, double otherwise) {
        return json(attribute)
                .map(
                        value ->
                                value.isNumber()
                                        ? value.doubleValue()
                                        : misfit(attribute, value, "a number", otherwise))
                .orElse(otherwise);
    }

    public long integer(String attribute, long otherwise) {
        return json(attribute)
                .map(
                        value ->
                                value.isIntegralNumber() && value.canConvertToInt()
                                        ? value.longValue()
                                        : misfit(attribute, value, "a whole number", otherwise))
                .orElse(otherwise);
    }

    public boolean flag(String attribute, boolean otherwise) {
        return json(attribute)
                .map(
                        value ->
                                value.isBoolean()
                                        ? value.booleanValue()
                                        : misfit(attribute, value, "true or false", otherwise))
                .orElse(otherwise);
    }

    /** Whole numbers; a single one is a list of one. */
    public Optional<List<Long>> integers(String attribute) {
        return json(attribute).map(value -> longs(attribute, value));
    }

    private List<Long> longs(String attribute, JsonNode value) {
        List<Long> result = new ArrayList<>();
        for (JsonNode element : value.isArray() ? value : List.of(value)) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                return misfit(attribute, value, "whole numbers", List.<Long>of());
            }
            result.add(element.longValue());
        }
        return result;
    }

    /** As many whole numbers as there are axes; one for all is repeated. */
    public List<Long> perAxis(String attribute, int axes, long otherwise) {
        List<Long> given = integers(attribute).orElse(List.of(otherwise));
        List<Long> values = new ArrayList<>(given);
        while (given.size() == 1 && values.size() < axes) {
            values.add(given.get(0));
        }
        if (values.size() != axes || values.stream().anyMatch(value -> value < 1)) {
            faults.add("attribute " + attribute + "=" + given + " is not supported");
            values.clear();
            for (int axis = 0; axis < axes; axis++) {
                values.add(1L);
            }
        }
        return values;
    }

    /** Declares attributes that change nothing here. */
    public void ignore(String... names) {
        read.addAll(List.of(names));
    }

    /** Refuses an attribute that is there and has another value than this one. */
    public void require(String attribute, String only) {
        json(attribute)
                .filter(value -> !value.asText(value.toString()).equals(only))
                .ifPresent(value -> unsupported(attribute, value));
    }

    /** Refuses an attribute unless it is absent, null, false, or empty. */
    public void requireUnset(String... names) {
        for (String attribute : names) {
            json(attribute)
                    .filter(value -> !(value.isBoolean() && !value.booleanValue()))
                    .filter(value -> !(value.isContainerNode() && value.isEmpty()))
                    .ifPresent(value -> unsupported(attribute, value));
        }
    }

    void unsupported(String attribute, JsonNode value) {
        faults.add("attribute " + attribute + "=" + shown(value) + " is not supported");
    }

    private <T> T misfit(String attribute, JsonNode value, String wanted, T otherwise) {
        faults.add("attribute " + attribute + "=" + shown(value) + " is not " + wanted);
        return otherwise;
    }

    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > 80 ? text.substring(0, 77) + "..." : text;
    }

    /** What is not supported of that which was read. */
    List<String> statedFaults() {
        return List.copyOf(faults);
    }

    /** What is not supported, and what nobody has read. */
    List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        attributes
                .fields()
                .forEachRemaining(
                        entry -> {
                            String name = entry.getKey();
                            if (!read.contains(name)
                                    && !OF_TRAINING.matcher(name).matches()
                                    && !entry.getValue().isNull()) {
                                all.add(
                                        "attribute "
                                                + name
                                                + "="
                                                + shown(entry.getValue())
                                                + " is not supported");
                            }
                        });
        return all;
    }
}
