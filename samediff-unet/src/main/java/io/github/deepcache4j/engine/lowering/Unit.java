// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that become one step: a product or convolution and what is done to its result, or a
 * composite. It runs at the place of its last node.
 */
final class Unit {

    /** What is done to the result, as the graph's values. */
    record After(@Nullable BinaryKind combine, int other, @Nullable Activation apply) {}

    private final List<Node> nodes = new ArrayList<>();
    private final List<After> after = new ArrayList<>();
    private final @Nullable Node anchor;
    private final @Nullable Composite composite;
    private int bias = -1;
    private int part = -1;
    private int parts = 1;
    private int result;

    private Unit(@Nullable Node anchor, @Nullable Composite composite) {
        this.anchor = anchor;
        this.composite = composite;
    }

    static Unit of(Node anchor) {
        Unit unit = new Unit(anchor, null);
        unit.grow(List.of(anchor), anchor.outputs().get(0));
        return unit;
    }

    static Unit of(Composite composite) {
        Unit unit = new Unit(null, composite);
        Node last = composite.nodes().get(composite.nodes().size() - 1);
        unit.grow(composite.nodes(), last.outputs().get(0));
        return unit;
    }

    /** The same product with one part of its columns. */
    Unit part(Node split, int part) {
        Unit unit = new Unit(anchor, null);
        unit.bias = bias;
        unit.part = part;
        unit.parts = split.outputs().size();
        unit.grow(nodes, result);
        unit.grow(List.of(split), split.outputs().get(part));
        return unit;
    }

    void grow(List<Node> more, int newResult) {
        nodes.addAll(more);
        result = newResult;
    }

    void then(After operation) {
        after.add(operation);
    }

    void bias(int value) {
        bias = value;
    }

    List<Node> nodes() {
        return nodes;
    }

    List<String> names() {
        return nodes.stream().map(Node::name).toList();
    }

    Node last() {
        return nodes.stream().max(java.util.Comparator.comparing(Node::id)).orElseThrow();
    }

    List<After> after() {
        return after;
    }

    @Nullable Node anchor() {
        return anchor;
    }

    @Nullable Composite composite() {
        return composite;
    }

    /** Id of a constant added to every row; -1 if there is none. */
    int bias() {
        return bias;
    }

    /** Which part of the columns; -1 for all. */
    int part() {
        return part;
    }

    int parts() {
        return parts;
    }

    int result() {
        return result;
    }
}
