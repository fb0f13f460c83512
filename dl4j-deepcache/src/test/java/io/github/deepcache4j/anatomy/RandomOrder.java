// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A graph with its nodes in a random topological order: readers need not keep the written one. */
final class RandomOrder {

    private RandomOrder() {}

    static DataflowGraph of(DataflowGraph graph, Random random) {
        List<Node> open = new ArrayList<>(graph.nodes());
        List<Node> shuffled = new ArrayList<>();
        BitSet known = new BitSet();
        graph.values().stream()
                .filter(value -> value.kind() != Value.Kind.ACTIVATION)
                .forEach(value -> known.set(value.id()));
        while (!open.isEmpty()) {
            List<Node> ready =
                    open.stream()
                            .filter(node -> node.inputs().stream().allMatch(known::get))
                            .toList();
            Node next = ready.get(random.nextInt(ready.size()));
            open.remove(next);
            next.outputs().forEach(known::set);
            shuffled.add(
                    new Node(
                            shuffled.size(),
                            next.name(),
                            next.op(),
                            next.inputs(),
                            next.outputs(),
                            next.integers()));
        }
        return new DataflowGraph(shuffled, graph.values(), graph.outputs());
    }
}
