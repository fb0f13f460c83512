// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

/** How calibration finds the full steps. */
public sealed interface Method {

    /** As a tag writes it. */
    String tag();

    /**
     * Direct search over the positions of the full steps, with the forecast in the loop; cost is
     * the error of the final samples.
     */
    record Search() implements Method {

        @Override
        public String tag() {
            return "search";
        }
    }

    /**
     * Dynamic programme over segments; cost of a step is its error in the prediction times the gain
     * with which it reaches the final sample.
     */
    record Programme() implements Method {

        @Override
        public String tag() {
            return "dp";
        }
    }

    /**
     * Direct search in which the placement only names a budget: as many multiply-accumulates as its
     * full steps and its branch cost. The number of full steps, the branch of every cached step and
     * the order of the forecast are found too.
     */
    record Budget() implements Method {

        @Override
        public String tag() {
            return "budget";
        }
    }

    /**
     * SmoothCache's greedy scan (Liu et al. 2024): the longest reuse, up to three steps, whose last
     * error is within a threshold. The number of full steps follows from it.
     *
     * @param threshold largest relative L1 error, alpha
     */
    record Smooth(double threshold) implements Method {

        @Override
        public String tag() {
            return "smooth" + TagNumber.of(threshold);
        }
    }

    /**
     * Block caching (Wimbauer et al. 2024): reuse until the relative L1 changes from step to step
     * add up to a threshold. The number of full steps follows from it.
     *
     * @param threshold largest sum, delta
     */
    record Change(double threshold) implements Method {

        @Override
        public String tag() {
            return "change" + TagNumber.of(threshold);
        }
    }
}
