// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which stage every node of a graph belongs to.
 *
 * <p>Prefix, deep and suffix are those of a cut at the boundary. Nodes that depend on steady inputs
 * alone (time embedding, projections of text states) form stages of their own, one for each set of
 * inputs; those that only the deep region reads are kept apart, since cached steps need not run
 * them although the timestep changes at every step.
 *
 * @param stages in running order
 * @param ofNode index of each node's stage
 * @param boundary id of the cached tensor; -1 if the graph runs as a whole
 */
record Staging(List<Stage> stages, List<Integer> ofNode, int boundary) {

    /**
     * @param boundary id of the cached tensor; none if the graph runs as a whole
     * @param steady names of inputs that often stay the same from run to run
     */
    static Staging of(DataflowGraph graph, @Nullable Integer boundary, Set<String> steady) {
        List<Integer> results =
                graph.outputs().stream().filter(output -> !output.equals(boundary)).toList();
        List<Integer> cut = boundary == null ? List.of() : List.of(boundary);
        BitSet cached = graph.nodesFor(results, cut);
        BitSet after = boundary == null ? new BitSet() : graph.nodesAfter(boundary);
        List<Set<String>> dependencies = dependencies(graph);
        List<Stage> ofNode = new ArrayList<>();
        for (Node node : graph.nodes()) {
            boolean deep = boundary != null && !cached.get(node.id());
            Set<String> inputs = dependencies.get(node.id());
            // a feature, and what is behind it, depends on whose feature it is
            boolean keeps =
                    !after.get(node.id())
                            && (boundary == null || !node.outputs().contains(boundary));
            if (keeps && !inputs.isEmpty() && steady.containsAll(inputs)) {
                ofNode.add(new Stage(Stage.Kind.STEADY, inputs, deep));
            } else if (deep) {
                ofNode.add(new Stage(Stage.Kind.DEEP, Set.of(), true));
            } else {
                Stage.Kind kind = after.get(node.id()) ? Stage.Kind.SUFFIX : Stage.Kind.PREFIX;
                ofNode.add(new Stage(kind, Set.of(), false));
            }
        }
        Set<Stage> used = new LinkedHashSet<>(ofNode);
        used.add(new Stage(Stage.Kind.SUFFIX, Set.of(), false));
        List<Stage> stages =
                used.stream()
                        .sorted(
                                Comparator.comparing(Stage::kind)
                                        .thenComparing(stage -> stage.inputs().size())
                                        .thenComparing(stage -> stage.deepOnly()))
                        .toList();
        return new Staging(
                stages,
                ofNode.stream().map(stages::indexOf).toList(),
                boundary == null ? -1 : boundary);
    }

    /** Nodes in running order. */
    List<Node> order(DataflowGraph graph) {
        return graph.nodes().stream()
                .sorted(Comparator.comparing((Node node) -> ofNode.get(node.id())))
                .collect(Collectors.toList());
    }

    private static List<Set<String>> dependencies(DataflowGraph graph) {
        List<Set<String>> ofValue = new ArrayList<>();
        for (Value value : graph.values()) {
            ofValue.add(value.kind() == Value.Kind.INPUT ? Set.of(value.name()) : new HashSet<>());
        }
        List<Set<String>> result = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Set<String> inputs = new HashSet<>();
            node.inputs().forEach(input -> inputs.addAll(ofValue.get(input)));
            node.outputs().forEach(output -> ofValue.set(output, inputs));
            result.add(inputs);
        }
        return result;
    }
}
