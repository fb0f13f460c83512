// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.OptionalLong;
import java.util.Set;

/** How many indices an input can hold: the size of the axis that it picks from. */
public final class IndexRange {

    private static final Set<String> PASSING =
            Set.of("reshape", "cast", "identity", "expand_dims", "squeeze", "permute", "tile");

    private IndexRange() {}

    /**
     * The size of the axis that an input picks from, following it through operations that keep its
     * contents; the smallest, if it picks from several. For class labels this is the number of
     * classes, the one for "no class" included.
     *
     * @return empty if the input is no index
     */
    public static OptionalLong of(DataflowGraph graph, String input) {
        return graph.find(input).map(value -> of(graph, value)).orElse(OptionalLong.empty());
    }

    private static OptionalLong of(DataflowGraph graph, Value value) {
        OptionalLong smallest = OptionalLong.empty();
        for (int consumer : graph.consumers(value.id())) {
            Node node = graph.node(consumer);
            if (node.op().equals("gather") && node.inputs().indexOf(value.id()) == 1) {
                int axis = node.integers().isEmpty() ? 0 : Math.toIntExact(node.integers().get(0));
                long size = graph.value(node.inputs().get(0)).shape().size(axis);
                smallest = smaller(smallest, OptionalLong.of(size));
            } else if (PASSING.contains(node.op())) {
                Value passed = graph.value(node.outputs().get(0));
                smallest = smaller(smallest, of(graph, passed));
            }
        }
        return smallest;
    }

    private static OptionalLong smaller(OptionalLong one, OptionalLong other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return OptionalLong.of(Math.min(one.getAsLong(), other.getAsLong()));
    }
}
