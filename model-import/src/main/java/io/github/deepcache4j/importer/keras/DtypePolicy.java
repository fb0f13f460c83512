// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Types of numbers. Floating point numbers of 32 bits or fewer, and mixed policies, are computed in
 * FLOAT; float64 and quantised policies are refused.
 */
final class DtypePolicy {

    private static final Set<String> POLICIES =
            Set.of("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16");

    private static final Map<String, DataType> TYPES =
            Map.of(
                    "float32", DataType.FLOAT,
                    "float16", DataType.FLOAT,
                    "bfloat16", DataType.FLOAT,
                    "float", DataType.FLOAT,
                    "int32", DataType.INT,
                    "int64", DataType.LONG,
                    "int", DataType.INT,
                    "bool", DataType.BOOL);

    private DtypePolicy() {}

    /** Refuses a layer that computes in numbers that are not supported. */
    static void require(LayerConfig config) {
        config.json("dtype")
                .ifPresent(
                        dtype -> {
                            String name = name(dtype);
                            boolean plain = dtype.isTextual() || isPlain(dtype);
                            if (!plain || !POLICIES.contains(name) && !TYPES.containsKey(name)) {
                                config.unsupported("dtype", dtype);
                            }
                        });
    }

    private static boolean isPlain(JsonNode dtype) {
        return Set.of("DTypePolicy", "Policy", "FloatDTypePolicy")
                .contains(dtype.path("class_name").asText(""));
    }

    private static String name(JsonNode dtype) {
        return dtype.isTextual() ? dtype.textValue() : dtype.path("config").path("name").asText("");
    }

    /** The type that a name stands for; empty for others. */
    static Optional<DataType> type(String name) {
        return Optional.ofNullable(TYPES.get(name));
    }
}
