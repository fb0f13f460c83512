// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.graph.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command writes its facts for programs. */
final class JsonFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the same facts to FILE for programs.")
    private @Nullable Path file;

    /** Fails early if the file cannot be written. */
    void check() {
        if (file != null) {
            OutputFile.check("--json", file);
        }
    }

    void write(JsonNode facts) throws IOException {
        if (file != null) {
            OutputFile.writeText(file, pretty(facts));
        }
    }

    static String pretty(JsonNode facts) throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(facts) + "\n";
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static JsonNode tree(Object value) {
        return JSON.valueToTree(value);
    }

    static ArrayNode sizes(Shape shape) {
        ArrayNode array = JSON.createArrayNode();
        shape.sizes().forEach(array::add);
        return array;
    }
}
