// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.plan;

import io.github.deepcache4j.graph.Shape;

/**
 * Where a U-Net is cut: everything a rewrite needs to know, by tensor name.
 *
 * @param branch 0-based branch id, counted from the output ({@code cache_branch_id} of the original
 *     helper; the paper counts from 1)
 * @param merge name of the operation that merges the skip and the boundary
 * @param skip name of the skip tensor, as it enters the merge
 * @param boundary name of the one tensor that is cached: the main-path operand of the merge
 * @param boundaryShape its sizes, {@code [batch, ...]}
 * @param output name of the prediction
 * @param fullMacs multiply-accumulates of convolutions and linear layers in a full step
 * @param cachedMacs the same of a cached step
 */
public record CachePlan(
        int branch,
        String merge,
        String skip,
        String boundary,
        Shape boundaryShape,
        String output,
        long fullMacs,
        long cachedMacs) {

    /** Cost of a cached step as a share of a full one, 0 to 1. */
    public double share() {
        return (double) cachedMacs / fullMacs;
    }

    /**
     * Speed-up that the MACs predict for a run of {@code steps} calls, of which {@code fullSteps}
     * are full.
     */
    public double predictedSpeedup(int steps, int fullSteps) {
        return steps / (fullSteps + (steps - fullSteps) * share());
    }
}
