// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Adds the gradients of a loss to a graph, as operations of the same graph.
 *
 * <p>SameDiff's own gradient function is not used: it differentiates copies of the operations that
 * lack arguments (a convolution's weight format, a batch norm's axis), and prints a line to
 * standard output for each.
 */
final class Backpropagation {

    private final SameDiff sameDiff;
    private final DataflowGraph graph;
    private final GradientRules rules;
    private final BitSet needed = new BitSet();
    private final Map<Integer, SDVariable> gradients = new HashMap<>();

    private Backpropagation(SameDiff sameDiff, DataflowGraph graph) {
        this.sameDiff = sameDiff;
        this.graph = graph;
        this.rules = new GradientRules(sameDiff, graph);
    }

    /**
     * Adds gradients.
     *
     * @param sameDiff gets the new operations
     * @param loss name of a scalar
     * @param weights names of the tensors to differentiate by
     * @param shapes sizes of the placeholders
     * @return names of the gradients by weight, each of the weight's shape
     * @throws IllegalArgumentException if the loss does not depend on a weight, or an operation
     *     between them has no gradient; names all
     */
    static Map<String, String> add(
            SameDiff sameDiff, String loss, Collection<String> weights, Map<String, Shape> shapes) {
        DataflowGraph graph = GraphReader.read(sameDiff, List.of(loss), shapes);
        Backpropagation pass = new Backpropagation(sameDiff, graph);
        pass.markNeeded(Set.copyOf(weights));
        pass.walk(graph.value(loss).id());
        Map<String, String> names = new LinkedHashMap<>();
        List<String> unreached = new ArrayList<>();
        for (String weight : weights) {
            SDVariable gradient =
                    graph.find(weight).map(value -> pass.gradients.get(value.id())).orElse(null);
            if (gradient == null) {
                unreached.add(weight);
            } else {
                names.put(weight, gradient.name());
            }
        }
        if (!unreached.isEmpty()) {
            throw new IllegalArgumentException("the loss does not depend on " + unreached);
        }
        return names;
    }

    /** Values that depend on a weight. */
    private void markNeeded(Set<String> weights) {
        graph.values().stream()
                .filter(value -> weights.contains(value.name()))
                .forEach(value -> needed.set(value.id()));
        for (Node node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(needed::get)) {
                node.outputs().forEach(needed::set);
            }
        }
    }

    private void walk(int loss) {
        gradients.put(loss, sameDiff.constant(1f));
        List<String> refused = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.node(i);
            boolean reached = node.outputs().stream().anyMatch(gradients::containsKey);
            if (!reached || node.inputs().stream().noneMatch(needed::get)) {
                continue;
            }
            try {
                add(node);
            } catch (RuntimeException e) {
                refused.add(node.name() + " (" + node.op() + "): " + e.getMessage());
            }
        }
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(
                    "operations that cannot be differentiated: " + String.join("; ", refused));
        }
    }

    private void add(Node node) {
        List<SDVariable> incoming = new ArrayList<>();
        for (int output : node.outputs()) {
            SDVariable known = gradients.get(output);
            incoming.add(
                    known != null
                            ? known
                            : sameDiff.zerosLike(sameDiff.getVariable(graph.value(output).name())));
        }
        List<@Nullable SDVariable> outgoing = rules.gradients(node, incoming);
        for (int i = 0; i < node.inputs().size(); i++) {
            SDVariable part = outgoing.get(i);
            int input = node.inputs().get(i);
            if (needed.get(input) && part != null) {
                gradients.merge(input, part, SDVariable::add);
            }
        }
    }
}
