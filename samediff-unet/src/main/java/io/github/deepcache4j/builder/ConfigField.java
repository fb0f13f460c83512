// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * A field of a diffusers configuration.
 *
 * @param otherwise diffusers' default
 * @param rule what can be built
 */
record ConfigField(String name, JsonNode otherwise, FieldRule rule) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** A field whose default is written as JSON. */
    static ConfigField of(String name, String otherwise, FieldRule rule) {
        try {
            return new ConfigField(name, MAPPER.readTree(otherwise), rule);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(otherwise + " is no JSON", e);
        }
    }

    /** A field of which nothing but the default can be built. */
    static ConfigField fixed(String name, String otherwise) {
        ConfigField free = of(name, otherwise, FieldRule.only());
        return new ConfigField(name, free.otherwise(), FieldRule.only(free.otherwise()));
    }
}
