// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

/** Whether a step that the placement would cache is run in full after all, seen at run time. */
public sealed interface Gate {

    /** As a tag writes it; empty for none. */
    String tag();

    /** The placement alone decides. */
    record None() implements Gate {

        @Override
        public String tag() {
            return "";
        }
    }

    /**
     * First-block caching's test on the skip that every step computes: with d = mean |R - R_s| /
     * mean |R_s|, R the skip of this step and R_s that of the last full step, the step is full if d
     * is above the threshold (not if it equals it).
     *
     * @param threshold above 0
     * @param longestRun most cached steps one after another; the next is full
     * @param warmUp this many first steps are full
     */
    record SkipChange(double threshold, int longestRun, int warmUp) implements Gate {

        public SkipChange {
            if (!(threshold > 0) || longestRun < 1 || warmUp < 1) {
                throw new IllegalArgumentException(
                        "a gate with threshold "
                                + threshold
                                + ", runs of "
                                + longestRun
                                + " and a warm-up of "
                                + warmUp
                                + ": the threshold is above 0, the others 1 or more");
            }
        }

        @Override
        public String tag() {
            return "gate"
                    + TagNumber.of(threshold)
                    + (longestRun == Policy.UNLIMITED ? "" : ".run" + longestRun)
                    + (warmUp > 1 ? ".warm" + warmUp : "");
        }
    }
}
