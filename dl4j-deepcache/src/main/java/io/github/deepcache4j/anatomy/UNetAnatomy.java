// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.MacCounter;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A graph known to be a U-Net, with its skips in branch order.
 *
 * @param graph what was looked at
 * @param sample id of the noisy sample
 * @param output id of the prediction
 * @param skips branch 0, the one nearest the output, first; at least one
 * @param fullMacs multiply-accumulates of a full step
 * @param remarks whole sentences for a person: merges that looked like skips and were set aside,
 *     operations whose cost could not be counted
 */
public record UNetAnatomy(
        DataflowGraph graph,
        int sample,
        int output,
        List<SkipConnection> skips,
        MacCounter.Macs fullMacs,
        List<String> remarks) {

    public UNetAnatomy {
        skips = List.copyOf(skips);
        remarks = List.copyOf(remarks);
        for (int branch = 0; branch < skips.size(); branch++) {
            if (skips.get(branch).branch() != branch) {
                throw new IllegalArgumentException(
                        "branch " + skips.get(branch).branch() + " stands at place " + branch);
            }
        }
        if (skips.isEmpty()) {
            throw new IllegalArgumentException("a U-Net has at least one skip");
        }
    }

    /** The skip of a branch; empty if there is no such branch. */
    public Optional<SkipConnection> skip(int branch) {
        return branch >= 0 && branch < skips.size()
                ? Optional.of(skips.get(branch))
                : Optional.empty();
    }

    /** Cost of a cached step as a share of a full one, convolutions and linear layers, 0 to 1. */
    public double share(SkipConnection skip) {
        return (double) skip.cachedMacs().weights() / fullMacs.weights();
    }

    /** The resolutions, the outermost first. O(levels (nodes + edges)). */
    public List<Level> levels() {
        return Level.of(this);
    }

    /** Ids of the nodes that a full step runs. O(nodes + edges). */
    public BitSet fullNodes() {
        return graph.nodesFor(List.of(output), List.of());
    }

    /** The stages that a cut at the boundary of {@code skip} makes. O(nodes + edges). */
    public StagedParts parts(SkipConnection skip) {
        BitSet after = graph.nodesAfter(skip.boundary());
        BitSet prefix = skip.cachedNodes();
        prefix.andNot(after);
        BitSet suffix = skip.cachedNodes();
        suffix.and(after);
        BitSet deep = fullNodes();
        deep.andNot(skip.cachedNodes());
        return new StagedParts(prefix, deep, suffix);
    }
}
