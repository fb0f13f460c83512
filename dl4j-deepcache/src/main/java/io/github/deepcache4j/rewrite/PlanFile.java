// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A plan as JSON: the fields of {@link CachePlan}, with the shape written as {@code 2x4x8x8}. */
final class PlanFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FIELDS =
            List.of(
                    "branch",
                    "merge",
                    "skip",
                    "boundary",
                    "boundaryShape",
                    "output",
                    "fullMacs",
                    "cachedMacs");

    private PlanFile() {}

    static void write(CachePlan plan, Path file) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("branch", plan.branch());
        node.put("merge", plan.merge());
        node.put("skip", plan.skip());
        node.put("boundary", plan.boundary());
        node.put("boundaryShape", plan.boundaryShape().toString());
        node.put("output", plan.output());
        node.put("fullMacs", plan.fullMacs());
        node.put("cachedMacs", plan.cachedMacs());
        Files.writeString(
                file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    /**
     * @throws IllegalArgumentException if the file is not a plan
     */
    static CachePlan read(Path file) throws IOException {
        JsonNode node;
        try {
            node = JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + " is not JSON: " + e.getOriginalMessage() + "; split the model again",
                    e);
        }
        List<String> missing = FIELDS.stream().filter(field -> !node.hasNonNull(field)).toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " is not a plan: it lacks " + missing + "; split the model again");
        }
        return new CachePlan(
                node.get("branch").asInt(),
                node.get("merge").asText(),
                node.get("skip").asText(),
                node.get("boundary").asText(),
                Shape.parse(node.get("boundaryShape").asText()),
                node.get("output").asText(),
                node.get("fullMacs").asLong(),
                node.get("cachedMacs").asLong());
    }
}
