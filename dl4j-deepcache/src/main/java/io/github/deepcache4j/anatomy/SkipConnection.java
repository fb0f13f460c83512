// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.MacCounter;
import java.util.BitSet;

/**
 * A skip of a U-Net, and the cached step that a cut at its boundary leaves.
 *
 * @param branch 0-based, counted from the output
 * @param merge id of the node that joins skip and main path
 * @param kind how it joins them
 * @param skip id of the value made before the bottleneck, as it enters the merge
 * @param boundary id of the value to cache: the main-path operand of the merge. Where the skip
 *     passes a gate that reads the main path before its upsampler, it is the last value that both
 *     the gate and the merge get the deep region through.
 * @param cachedNodes ids of the nodes that a cached step runs
 * @param cachedMacs their multiply-accumulates
 */
public record SkipConnection(
        int branch,
        int merge,
        Kind kind,
        int skip,
        int boundary,
        BitSet cachedNodes,
        MacCounter.Macs cachedMacs) {

    /** How a skip is joined to the main path. */
    public enum Kind {
        /** concatenated along the channels */
        CONCAT,
        /** added element by element */
        ADD
    }

    public SkipConnection {
        cachedNodes = (BitSet) cachedNodes.clone();
    }

    @Override
    public BitSet cachedNodes() {
        return (BitSet) cachedNodes.clone();
    }
}
