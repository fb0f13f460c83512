// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * The text form of a {@link DataflowGraph}, one line per input, constant, operation and output.
 *
 * <pre>
 * # a comment
 * input x FLOAT 1x3x8x8
 * const w FLOAT 4x3x3x3
 * y FLOAT 1x4x8x8 = conv2d(x, w) [3,3,1,1,1,1,1,1,0,0,1]
 * a FLOAT 1x2x8x8, b FLOAT 1x2x8x8 = split(y) [2,1] @halves
 * output a
 * </pre>
 *
 * <p>Square brackets hold the integer arguments and are left out when there are none; {@code @name}
 * is the name of the operation and is left out when it is that of the first output. Names with
 * blanks or one of {@code , ( ) [ ] = @ # "}, and names that are keywords, stand in double quotes,
 * with backslash before a quote or a backslash. Printing what was parsed gives the same lines;
 * constants carry no contents.
 */
public final class GraphText {

    private GraphText() {}

    /** The text of a graph, lines ended by {@code \n}. O(nodes + values). */
    public static String print(DataflowGraph graph) {
        StringBuilder text = new StringBuilder();
        int declared = 0;
        for (Node node : graph.nodes()) {
            int first = node.outputs().get(0);
            for (; declared < first; declared++) {
                declare(graph.value(declared), text);
            }
            text.append(
                    node.outputs().stream()
                            .map(output -> typed(graph.value(output)))
                            .collect(Collectors.joining(", ")));
            text.append(" = ").append(quoted(node.op())).append('(');
            text.append(
                    node.inputs().stream()
                            .map(input -> quoted(graph.value(input).name()))
                            .collect(Collectors.joining(", ")));
            text.append(')').append(integers(node.integers()));
            if (!node.name().equals(graph.value(first).name())) {
                text.append(" @").append(quoted(node.name()));
            }
            text.append('\n');
        }
        for (; declared < graph.values().size(); declared++) {
            declare(graph.value(declared), text);
        }
        for (int output : graph.outputs()) {
            text.append("output ").append(quoted(graph.value(output).name())).append('\n');
        }
        return text.toString();
    }

    /**
     * Reads the text form. Values get ids in the order of their lines, nodes in theirs.
     *
     * @throws IllegalArgumentException with the line number, if a line has none of the forms above,
     *     uses a name before the line that introduces it, or introduces a name twice
     */
    public static DataflowGraph parse(String text) {
        return new GraphTextReader().read(text);
    }

    /** Inputs and constants get a line of their own; activations come with their operation. */
    private static void declare(Value value, StringBuilder text) {
        switch (value.kind()) {
            case INPUT -> text.append("input ").append(typed(value)).append('\n');
            case CONSTANT -> text.append("const ").append(typed(value)).append('\n');
            case ACTIVATION -> {}
        }
    }

    private static String typed(Value value) {
        return quoted(value.name()) + " " + value.type() + " " + value.shape();
    }

    private static String integers(Collection<Long> integers) {
        return integers.isEmpty()
                ? ""
                : integers.stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(",", " [", "]"));
    }

    private static String quoted(String name) {
        if (!GraphTextLine.KEYWORDS.contains(name)
                && !name.isEmpty()
                && name.chars().allMatch(GraphTextLine::isWordCharacter)) {
            return name;
        }
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
