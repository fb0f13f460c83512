// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/** Builds a {@link DataflowGraph} from the lines of {@link GraphText}. */
final class GraphTextReader {

    private final List<Node> nodes = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private final List<Integer> outputs = new ArrayList<>();
    private final Map<String, Integer> idsByName = new HashMap<>();

    DataflowGraph read(String text) {
        List<String> lines = text.lines().toList();
        for (int l = 0; l < lines.size(); l++) {
            GraphTextLine line = new GraphTextLine(lines.get(l), l + 1);
            if (!line.atEnd()) {
                readLine(line);
            }
        }
        return new DataflowGraph(nodes, values, outputs);
    }

    private void readLine(GraphTextLine line) {
        switch (line.keyword()) {
            case "input" -> declare(line, Value.Kind.INPUT);
            case "const" -> declare(line, Value.Kind.CONSTANT);
            case "output" -> outputs.add(known(line));
            default -> readNode(line);
        }
        if (!line.atEnd()) {
            throw line.error("nothing more was expected");
        }
    }

    private void readNode(GraphTextLine line) {
        // Results are read first but introduced last, so that a node cannot read its own result.
        List<Value> results = new ArrayList<>();
        do {
            results.add(typed(line, Value.Kind.ACTIVATION, values.size() + results.size()));
        } while (line.skip(','));
        line.expect('=');
        String op = line.word("an operation");
        line.expect('(');
        List<Integer> inputs = new ArrayList<>();
        while (!line.skip(')')) {
            if (!inputs.isEmpty()) {
                line.expect(',');
            }
            inputs.add(known(line));
        }
        List<Long> integers = line.skip('[') ? integers(line) : List.of();
        String name = line.skip('@') ? line.word("the operation's name") : results.get(0).name();
        results.forEach(result -> introduce(line, result));
        nodes.add(
                new Node(
                        nodes.size(),
                        name,
                        op,
                        inputs,
                        results.stream().map(Value::id).toList(),
                        integers));
    }

    private static List<Long> integers(GraphTextLine line) {
        List<Long> integers = new ArrayList<>();
        while (!line.skip(']')) {
            if (!integers.isEmpty()) {
                line.expect(',');
            }
            String word = line.word("an integer");
            try {
                integers.add(Long.parseLong(word));
            } catch (NumberFormatException e) {
                throw line.error("'" + word + "' is not an integer");
            }
        }
        return integers;
    }

    private void declare(GraphTextLine line, Value.Kind kind) {
        introduce(line, typed(line, kind, values.size()));
    }

    private void introduce(GraphTextLine line, Value value) {
        if (idsByName.put(value.name(), value.id()) != null) {
            throw line.error("'" + value.name() + "' was introduced before");
        }
        values.add(value);
    }

    private static Value typed(GraphTextLine line, Value.Kind kind, int id) {
        String name = line.word("a name");
        String type = line.word("an element type");
        String shape = line.word("a shape");
        try {
            return new Value(id, name, kind, DataType.valueOf(type), Shape.parse(shape));
        } catch (IllegalArgumentException e) {
            throw line.error(
                    "'" + type + " " + shape + "' is not a type and a shape like FLOAT 1x3x8x8");
        }
    }

    private int known(GraphTextLine line) {
        String name = line.word("a name");
        Integer id = idsByName.get(name);
        if (id == null) {
            throw line.error("'" + name + "' is not introduced by a line above");
        }
        return id;
    }
}
