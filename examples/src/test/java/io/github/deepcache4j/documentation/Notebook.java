// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Jupyter notebook (nbformat 4) with the outputs that it was stored with. */
record Notebook(String name, List<Cell> cells) {

    /**
     * A cell.
     *
     * @param type {@code code} or {@code markdown}
     * @param printed text that the cell wrote to standard output
     * @param displayed MIME type and data of every picture, in order
     * @param others kinds of output that are neither
     */
    record Cell(
            String type,
            String source,
            List<String> tags,
            String printed,
            List<Picture> displayed,
            List<String> others) {

        boolean isCode() {
            return type.equals("code");
        }
    }

    /** A stored picture: an SVG's text, or a PNG in Base64. */
    record Picture(String type, String data) {}

    static Notebook read(Path file) throws IOException {
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        if (root.path("nbformat").asInt() != 4) {
            throw new IOException(file + ": nbformat " + root.path("nbformat"));
        }
        List<Cell> cells = new ArrayList<>();
        root.get("cells").forEach(cell -> cells.add(cell(cell)));
        return new Notebook(file.getFileName().toString(), List.copyOf(cells));
    }

    private static Cell cell(JsonNode cell) {
        List<String> tags = new ArrayList<>();
        cell.path("metadata").path("tags").forEach(tag -> tags.add(tag.asText()));
        StringBuilder printed = new StringBuilder();
        List<Picture> displayed = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (JsonNode output : cell.path("outputs")) {
            String kind = output.get("output_type").asText();
            if (kind.equals("stream") && output.get("name").asText().equals("stdout")) {
                printed.append(text(output.get("text")));
            } else if (kind.equals("display_data")) {
                String type = output.get("data").has("image/png") ? "image/png" : "image/svg+xml";
                displayed.add(new Picture(type, text(output.get("data").path(type))));
            } else {
                others.add(kind);
            }
        }
        return new Cell(
                cell.get("cell_type").asText(),
                text(cell.get("source")),
                tags,
                printed.toString(),
                displayed,
                others);
    }

    /** Text as one string or as a list of lines. */
    private static String text(JsonNode node) {
        if (!node.isArray()) {
            return node.asText();
        }
        StringBuilder text = new StringBuilder();
        node.forEach(line -> text.append(line.asText()));
        return text.toString();
    }

    /** The prose of the notebook. */
    String markdown() {
        return cells.stream()
                .filter(cell -> !cell.isCode())
                .map(Cell::source)
                .collect(Collectors.joining("\n\n"));
    }
}
