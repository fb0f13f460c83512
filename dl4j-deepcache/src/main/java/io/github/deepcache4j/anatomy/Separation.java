// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Checks that a boundary is the only way from the deep region to the output.
 *
 * <p>With the boundary given, the step must not need any node that belongs to the deep region: no
 * node that enlarges a map and does not itself descend from the boundary, no map of the main path
 * at a lower resolution than the merge, and at the lowest level none of the nodes between the value
 * where the skip starts and the boundary. Were the decoder reached past the boundary, one of these
 * would be needed, since every way back from the bottleneck enlarges a map or, at the lowest level,
 * leads through the bottleneck itself.
 */
final class Separation {

    private final DataflowGraph graph;
    private final FeatureFlow flow;
    private final int output;

    Separation(DataflowGraph graph, FeatureFlow flow, int output) {
        this.graph = graph;
        this.flow = flow;
        this.output = output;
    }

    /**
     * The candidate, if its boundary separates. Where it does not because a gate on the skip reads
     * the main path earlier, before the upsampler, the boundary is moved back along the main path
     * to the nearest value that separates. Empty if there is none.
     */
    Optional<SkipCandidate> separated(SkipCandidate candidate) {
        SkipCandidate moved = candidate;
        while (!separates(moved)) {
            List<Integer> before =
                    graph.producer(moved.boundary()).map(flow::followed).orElse(List.of());
            if (before.size() != 1 || candidate.source().isPresent()) {
                return Optional.empty();
            }
            moved = moved.withBoundary(before.get(0));
            if (!Resampling.lower(flow.lowestPassed(moved.boundary()), moved.merge().area())) {
                return Optional.empty();
            }
        }
        return Optional.of(moved);
    }

    private boolean separates(SkipCandidate candidate) {
        BitSet early = graph.nodesFor(List.of(output), List.of(candidate.boundary()));
        early.andNot(graph.nodesAfter(candidate.boundary()));
        BitSet mainPath = flow.ancestors(candidate.boundary());
        boolean deepNeeded =
                early.stream()
                        .mapToObj(graph::node)
                        .filter(flow::isOnWay)
                        .anyMatch(node -> isDeep(node, candidate.merge(), mainPath));
        if (deepNeeded) {
            return false;
        }
        if (candidate.source().isPresent()) {
            return !early.intersects(
                    LowestSkips.between(graph, candidate.source().get(), candidate.boundary()));
        }
        // Otherwise the "skip" is the boundary itself, or made of it: a residual around a nested
        // net.
        return !flow.ownSources(candidate.skip(), candidate.merge().area(), candidate.boundary())
                .isEmpty();
    }

    /** A gate may work at a lower resolution than its merge; only the main path's maps are deep. */
    private boolean isDeep(Node node, Merge merge, BitSet mainPath) {
        int map = node.outputs().get(0);
        return flow.isUpsampling(node)
                || (mainPath.get(map) && Resampling.lower(flow.area(map), merge.area()));
    }
}
