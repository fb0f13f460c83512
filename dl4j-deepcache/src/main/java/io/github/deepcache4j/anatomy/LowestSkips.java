// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.MacCounter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Recognises skip merges at the lowest level, where no lower resolution tells skip and main path
 * apart: concatenations that pair last in, first out around the bottleneck. The value a skip starts
 * from and its merge enclose those of the skips further in, like brackets.
 */
final class LowestSkips {

    private LowestSkips() {}

    /** The longest row of nested pairs, innermost first. O(merges * (nodes + edges) + merges^2). */
    static List<SkipCandidate> find(
            DataflowGraph graph, FeatureFlow flow, MacCounter counter, List<Merge> merges) {
        List<SkipCandidate> pairs = new ArrayList<>();
        for (Merge merge : merges) {
            if (merge.kind() == SkipConnection.Kind.CONCAT
                    && merge.operands().size() == 2
                    && merge.operands().stream().allMatch(flow::isBeforeUpsampling)
                    && Resampling.same(merge.area(), flow.lowestArea())) {
                int left = merge.operands().get(0);
                int right = merge.operands().get(1);
                pair(graph, flow, counter, merge, left, right)
                        .or(() -> pair(graph, flow, counter, merge, right, left))
                        .ifPresent(pairs::add);
            }
        }
        return longestNest(flow, pairs);
    }

    /**
     * A pair if {@code skip} comes from the last value it shares with {@code boundary} without
     * convolution or linear layer (a ControlNet residual may be added), and the boundary with some.
     */
    private static Optional<SkipCandidate> pair(
            DataflowGraph graph,
            FeatureFlow flow,
            MacCounter counter,
            Merge merge,
            int skip,
            int boundary) {
        BitSet shared = flow.ancestors(skip);
        shared.and(flow.ancestors(boundary));
        Optional<Integer> source = shared.stream().boxed().max(Comparator.comparingInt(flow::age));
        if (source.isEmpty()) {
            return Optional.empty();
        }
        BitSet skipWay = between(graph, source.get(), skip);
        BitSet mainWay = between(graph, source.get(), boundary);
        boolean plainSkip =
                counter.count(skipWay).total() == 0
                        && skipWay.stream()
                                .noneMatch(
                                        node -> Resampling.isResampling(graph, graph.node(node)));
        return plainSkip && counter.count(mainWay).weights() > 0
                ? Optional.of(new SkipCandidate(merge, skip, boundary, source))
                : Optional.empty();
    }

    /** Nodes that descend from one value and are needed for another. */
    static BitSet between(DataflowGraph graph, int from, int to) {
        BitSet nodes = graph.nodesFor(List.of(to), List.of(from));
        nodes.and(graph.nodesAfter(from));
        return nodes;
    }

    private static List<SkipCandidate> longestNest(FeatureFlow flow, List<SkipCandidate> pairs) {
        // Pairs are in the order of their merges; best.get(i) is the longest nest with i outermost.
        List<List<SkipCandidate>> best = new ArrayList<>();
        List<SkipCandidate> longest = List.of();
        for (SkipCandidate outer : pairs) {
            List<SkipCandidate> nest = List.of();
            for (List<SkipCandidate> inner : best) {
                SkipCandidate last = inner.get(inner.size() - 1);
                if (started(flow, outer) < started(flow, last) && inner.size() > nest.size()) {
                    nest = inner;
                }
            }
            List<SkipCandidate> extended = new ArrayList<>(nest);
            extended.add(outer);
            best.add(extended);
            if (extended.size() > longest.size()) {
                longest = extended;
            }
        }
        return longest;
    }

    private static int started(FeatureFlow flow, SkipCandidate pair) {
        return flow.age(pair.source().orElseThrow());
    }
}
