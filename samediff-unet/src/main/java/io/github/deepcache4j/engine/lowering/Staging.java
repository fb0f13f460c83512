// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which stage every node of a graph belongs to.
 *
 * <p>Cuts are nested: what a cached step needs at one cut, it needs at every cut that follows. The
 * level of a node is the first cut at which it is needed. Nodes of a level form two stages, prefix
 * and suffix, around its boundary, which the nodes of the next level compute; what no cached step
 * needs is deep:
 *
 * <pre>{@code prefix 0, prefix 1, ..., deep, ..., suffix 1, suffix 0}</pre>
 *
 * <p>Nodes that depend on steady inputs alone (time embedding, projections of text states) form
 * stages of their own, one for each set of inputs and level, since cached steps need not run those
 * of the deep region although the timestep changes at every step.
 *
 * @param stages in running order
 * @param ofNode index of each node's stage
 * @param boundaries ids of the cached tensors, the outermost first; none if the graph runs as a
 *     whole
 */
record Staging(List<Stage> stages, List<Integer> ofNode, List<Integer> boundaries) {

    /** Suffixes run from the innermost out, all else from the outermost in. */
    private static final Comparator<Stage> RUNNING_ORDER =
            Comparator.comparing(Stage::kind)
                    .thenComparing(stage -> stage.inputs().size())
                    .thenComparing(
                            stage ->
                                    stage.kind() == Stage.Kind.SUFFIX
                                            ? -stage.level()
                                            : stage.level());

    /**
     * @param outputs ids of the results
     * @param boundaries ids of the cached tensors, the outermost first; none if the graph runs as a
     *     whole
     * @param steady names of inputs that often stay the same from run to run
     * @throws IllegalArgumentException if the cuts are not nested
     */
    static Staging of(
            DataflowGraph graph,
            List<Integer> outputs,
            List<Integer> boundaries,
            Set<String> steady) {
        List<BitSet> cached =
                boundaries.stream()
                        .map(boundary -> graph.nodesFor(outputs, List.of(boundary)))
                        .toList();
        checkNested(graph, boundaries, cached);
        List<BitSet> after = boundaries.stream().map(graph::nodesAfter).toList();
        List<Set<String>> dependencies = dependencies(graph);
        List<Stage> ofNode = new ArrayList<>();
        for (Node node : graph.nodes()) {
            int level = level(cached, node);
            Set<String> inputs = dependencies.get(node.id());
            // a feature, and what is behind it, depends on whose feature it is
            boolean keeps =
                    after.stream().noneMatch(nodes -> nodes.get(node.id()))
                            && Collections.disjoint(node.outputs(), boundaries);
            if (keeps && !inputs.isEmpty() && steady.containsAll(inputs)) {
                ofNode.add(new Stage(Stage.Kind.STEADY, inputs, level));
            } else if (boundaries.isEmpty()) {
                ofNode.add(new Stage(Stage.Kind.PREFIX, Set.of(), 0));
            } else if (level == boundaries.size()) {
                ofNode.add(new Stage(Stage.Kind.DEEP, Set.of(), level));
            } else {
                Stage.Kind kind =
                        after.get(level).get(node.id()) ? Stage.Kind.SUFFIX : Stage.Kind.PREFIX;
                ofNode.add(new Stage(kind, Set.of(), level));
            }
        }
        Set<Stage> used = new LinkedHashSet<>(ofNode);
        used.add(new Stage(Stage.Kind.SUFFIX, Set.of(), 0));
        List<Stage> stages = used.stream().sorted(RUNNING_ORDER).toList();
        return new Staging(
                stages, ofNode.stream().map(stages::indexOf).toList(), List.copyOf(boundaries));
    }

    private static int level(List<BitSet> cached, Node node) {
        int level = 0;
        while (level < cached.size() && !cached.get(level).get(node.id())) {
            level++;
        }
        return level;
    }

    private static void checkNested(
            DataflowGraph graph, List<Integer> boundaries, List<BitSet> cached) {
        for (int i = 1; i < boundaries.size(); i++) {
            BitSet outer = (BitSet) cached.get(i - 1).clone();
            outer.andNot(cached.get(i));
            if (!outer.isEmpty() || cached.get(i).equals(cached.get(i - 1))) {
                throw new IllegalArgumentException(
                        "the cut at "
                                + graph.value(boundaries.get(i)).name()
                                + " does not lie within that at "
                                + graph.value(boundaries.get(i - 1)).name()
                                + "; name the cuts from the outermost in");
            }
        }
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
