// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Recognises skip merges above the lowest level: one operand is reached without leaving the
 * resolution of the merge, the other comes back from a lower one.
 */
final class UpperSkips {

    private UpperSkips() {}

    /**
     * The skip that a merge joins; empty for residual additions and other merges inside a block.
     */
    static Optional<SkipCandidate> find(FeatureFlow flow, Merge merge) {
        List<Integer> back =
                merge.operands().stream().filter(in -> comesBack(flow, merge, in)).toList();
        if (back.size() == 1) {
            int boundary = back.get(0);
            return merge.operands().stream()
                    .filter(in -> in != boundary)
                    .filter(in -> flow.isBeforeUpsampling(in))
                    .filter(in -> Resampling.same(flow.area(in), merge.area()))
                    .reduce((earlier, later) -> later)
                    .map(skip -> new SkipCandidate(merge, skip, boundary, Optional.empty()));
        }
        return back.size() == 2 && merge.operands().size() == 2
                ? gated(flow, merge, back.get(0), back.get(1))
                : Optional.empty();
    }

    /**
     * Both operands come back from a lower level. In a decoder block's residual addition both reach
     * the same encoder values at this level, through the skips merged earlier. A skip that a gate
     * fed by the decoder has scaled reaches one more: its own source, older than those.
     */
    private static Optional<SkipCandidate> gated(
            FeatureFlow flow, Merge merge, int left, int right) {
        BitSet leftOnly = flow.ownSources(left, merge.area(), -1);
        BitSet rightOnly = flow.ownSources(right, merge.area(), -1);
        BitSet common = (BitSet) leftOnly.clone();
        common.and(rightOnly);
        leftOnly.andNot(common);
        rightOnly.andNot(common);
        if (leftOnly.isEmpty() && rightOnly.isEmpty()) {
            return Optional.empty();
        }
        boolean leftIsSkip =
                rightOnly.isEmpty()
                        || (!leftOnly.isEmpty()
                                && oldest(flow, leftOnly) < oldest(flow, rightOnly));
        return Optional.of(
                leftIsSkip
                        ? new SkipCandidate(merge, left, right, Optional.empty())
                        : new SkipCandidate(merge, right, left, Optional.empty()));
    }

    private static int oldest(FeatureFlow flow, BitSet values) {
        return values.stream().map(flow::age).min().orElseThrow();
    }

    private static boolean comesBack(FeatureFlow flow, Merge merge, int operand) {
        boolean enlarged =
                !flow.isBeforeUpsampling(operand)
                        // a pixel shuffle written as reshapes keeps the lower area until here
                        || Resampling.lower(flow.area(operand), merge.area());
        return enlarged && Resampling.lower(flow.lowestPassed(operand), merge.area());
    }
}
