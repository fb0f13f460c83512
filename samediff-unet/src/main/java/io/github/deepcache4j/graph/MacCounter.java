// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.BitSet;
import java.util.List;

/**
 * Counts the multiply-accumulates (MACs) of a graph's nodes: output elements times contracted
 * length, biases not counted.
 *
 * <p>Two counters are kept apart, as the literature does: convolutions and linear layers (one
 * factor is a weight), and products of two activations, as in attention. DeepCache's tables (Ma et
 * al. 2024) count the former alone. A factor is a weight if no input reaches it, so a constant that
 * is reshaped or transposed first is still one; a node that no input reaches counts nothing, since
 * its result is the same in every step.
 *
 * <p>An operation that this class does not know counts zero; those whose name sounds like a product
 * are listed by {@link #uncounted}, so that a report can say what it leaves out.
 */
public final class MacCounter {

    /**
     * Multiply-accumulates of some nodes.
     *
     * @param weights of convolutions and linear layers
     * @param activations of products of two activations
     */
    public record Macs(long weights, long activations) {

        static final Macs NONE = new Macs(0, 0);

        public Macs plus(Macs other) {
            return new Macs(
                    Math.addExact(weights, other.weights),
                    Math.addExact(activations, other.activations));
        }

        public long total() {
            return Math.addExact(weights, activations);
        }
    }

    private final DataflowGraph graph;

    /** Values that an input reaches. */
    private final BitSet varying = new BitSet();

    private MacCounter(DataflowGraph graph) {
        this.graph = graph;
    }

    /** A counter for the nodes of a graph. O(nodes + edges). */
    public static MacCounter of(DataflowGraph graph) {
        MacCounter counter = new MacCounter(graph);
        graph.inputs().forEach(input -> counter.varying.set(input.id()));
        for (Node node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(counter.varying::get)) {
                node.outputs().forEach(counter.varying::set);
            }
        }
        return counter;
    }

    /** MACs of the whole graph. */
    public Macs count() {
        return graph.nodes().stream().map(this::count).reduce(Macs.NONE, Macs::plus);
    }

    /** MACs of a set of node ids. */
    public Macs count(BitSet nodes) {
        return nodes.stream().mapToObj(graph::node).map(this::count).reduce(Macs.NONE, Macs::plus);
    }

    /**
     * MACs of one node.
     *
     * @throws IllegalArgumentException if the node lacks operands or integer arguments that its
     *     operation needs
     */
    public Macs count(Node node) {
        if (!varies(node)) {
            return Macs.NONE;
        }
        try {
            long macs = ProductOps.macs(graph, node).orElse(0);
            if (macs == 0) {
                return Macs.NONE;
            }
            int[] factors = ProductOps.factors(node);
            boolean bothVary =
                    varying.get(node.inputs().get(factors[0]))
                            && varying.get(node.inputs().get(factors[1]));
            return bothVary ? new Macs(0, macs) : new Macs(macs, 0);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "node "
                            + node.name()
                            + ": the multiply-accumulates of "
                            + node.op()
                            + " with operand shapes "
                            + node.inputs().stream().map(i -> graph.value(i).shape()).toList()
                            + " and integer arguments "
                            + node.integers()
                            + " cannot be counted; operands or arguments are missing",
                    e);
        }
    }

    /**
     * Nodes among {@code nodes} whose operation sounds like a product and is not known here, so
     * that it counts zero.
     */
    public List<Node> uncounted(BitSet nodes) {
        return nodes.stream()
                .mapToObj(graph::node)
                .filter(this::varies)
                .filter(node -> ProductOps.soundsLikeProduct(node.op()))
                .filter(node -> ProductOps.macs(graph, node).isEmpty())
                .toList();
    }

    private boolean varies(Node node) {
        return node.outputs().stream().anyMatch(varying::get);
    }
}
