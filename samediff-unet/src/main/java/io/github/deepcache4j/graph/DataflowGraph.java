// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An immutable, integer-indexed view of the part of a SameDiff graph that computes some outputs.
 *
 * <p>Nodes are in topological order, every value has a known type and shape. The view keeps no
 * reference to SameDiff and no arrays, so analyses on it are plain graph code.
 */
public final class DataflowGraph {

    private final List<Node> nodes;
    private final List<Value> values;
    private final List<Integer> outputs;
    private final int[] producers;
    private final List<List<Integer>> consumers;
    private final Map<String, Integer> idsByName = new HashMap<>();

    /**
     * @param nodes in topological order, each with its index as id
     * @param values each with its index as id
     * @param outputs ids of the values the graph is run for
     * @throws IllegalArgumentException if ids, order or names are inconsistent
     */
    public DataflowGraph(List<Node> nodes, List<Value> values, List<Integer> outputs) {
        this.nodes = List.copyOf(nodes);
        this.values = List.copyOf(values);
        this.outputs = List.copyOf(outputs);
        this.producers = new int[values.size()];
        java.util.Arrays.fill(producers, -1);
        List<List<Integer>> uses = new ArrayList<>();
        for (Value value : values) {
            if (value.id() != uses.size() || idsByName.put(value.name(), value.id()) != null) {
                throw new IllegalArgumentException(
                        "value " + value.name() + " has a wrong id or a name used twice");
            }
            uses.add(new ArrayList<>());
        }
        for (int n = 0; n < nodes.size(); n++) {
            Node node = nodes.get(n);
            if (node.id() != n) {
                throw new IllegalArgumentException(
                        "node " + node.name() + " has id " + node.id() + " at place " + n);
            }
            for (int input : node.inputs()) {
                if (values.get(input).kind() == Value.Kind.ACTIVATION && producers[input] < 0) {
                    throw new IllegalArgumentException(
                            "node "
                                    + node.name()
                                    + " reads "
                                    + values.get(input).name()
                                    + " before it is computed");
                }
                if (!uses.get(input).contains(n)) {
                    uses.get(input).add(n);
                }
            }
            node.outputs().forEach(output -> producers[output] = node.id());
        }
        this.consumers = uses.stream().map(List::copyOf).toList();
    }

    /** Nodes in topological order. */
    public List<Node> nodes() {
        return nodes;
    }

    public List<Value> values() {
        return values;
    }

    /** Ids of the values the graph is run for. */
    public List<Integer> outputs() {
        return outputs;
    }

    public Node node(int id) {
        return nodes.get(id);
    }

    public Value value(int id) {
        return values.get(id);
    }

    public Optional<Value> find(String name) {
        return Optional.ofNullable(idsByName.get(name)).map(values::get);
    }

    /**
     * The value of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Value value(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "the graph has no tensor named " + name));
    }

    /** The node that computes a value; empty for inputs and constants. */
    public Optional<Node> producer(int value) {
        return producers[value] < 0 ? Optional.empty() : Optional.of(nodes.get(producers[value]));
    }

    /** Ids of the nodes that read a value, each once, in topological order. */
    public List<Integer> consumers(int value) {
        return consumers.get(value);
    }

    public List<Value> inputs() {
        return values.stream().filter(value -> value.kind() == Value.Kind.INPUT).toList();
    }

    /**
     * Nodes needed to compute the targets when the values in {@code given} are known already.
     * O(nodes + edges).
     *
     * @return a set of node ids
     */
    public BitSet nodesFor(Collection<Integer> targets, Collection<Integer> given) {
        BitSet wanted = new BitSet(values.size());
        targets.forEach(wanted::set);
        given.forEach(wanted::clear);
        BitSet needed = new BitSet(nodes.size());
        for (int n = nodes.size() - 1; n >= 0; n--) {
            Node node = nodes.get(n);
            if (node.outputs().stream().anyMatch(wanted::get)) {
                needed.set(n);
                node.inputs().stream().filter(input -> !given.contains(input)).forEach(wanted::set);
            }
        }
        return needed;
    }

    /** Nodes that depend on a value, directly or not. O(nodes + edges). */
    public BitSet nodesAfter(int value) {
        BitSet reached = new BitSet(values.size());
        reached.set(value);
        BitSet after = new BitSet(nodes.size());
        for (Node node : nodes) {
            if (node.inputs().stream().anyMatch(reached::get)) {
                after.set(node.id());
                node.outputs().forEach(reached::set);
            }
        }
        return after;
    }
}
