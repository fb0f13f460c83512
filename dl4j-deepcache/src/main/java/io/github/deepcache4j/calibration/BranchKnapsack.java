// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A branch for every cached step, of least total cost within a budget of multiply-accumulates: the
 * multiple-choice knapsack, by dynamic programming over whole units of the budget. Steps do not
 * depend on each other's branch, since all forecasts look back on full steps only.
 *
 * <p>Exact for prices rounded up to units. O(items x branches x units).
 */
final class BranchKnapsack {

    private BranchKnapsack() {}

    /**
     * The choice.
     *
     * @param costs by item and branch, what is to be small in sum
     * @param prices by branch, in units; the first is the lowest
     * @param units the budget
     * @return an index into {@code prices} for each item
     * @throws IllegalArgumentException if not even the lowest prices fit
     */
    static List<Integer> choose(double[][] costs, int[] prices, int units) {
        if (units < costs.length * (long) prices[0]) {
            throw new IllegalArgumentException(
                    "a budget of "
                            + units
                            + " units for "
                            + costs.length
                            + " steps of "
                            + prices[0]);
        }
        double[] best = new double[units + 1];
        int[][] choice = new int[costs.length][units + 1];
        for (int item = 0; item < costs.length; item++) {
            double[] next = new double[units + 1];
            Arrays.fill(next, Double.POSITIVE_INFINITY);
            for (int left = 0; left <= units; left++) {
                choice[item][left] = -1;
                for (int b = 0; b < prices.length; b++) {
                    if (prices[b] <= left && best[left - prices[b]] + costs[item][b] < next[left]) {
                        next[left] = best[left - prices[b]] + costs[item][b];
                        choice[item][left] = b;
                    }
                }
            }
            best = next;
        }
        List<Integer> chosen = new ArrayList<>();
        int left = units;
        for (int item = costs.length - 1; item >= 0; item--) {
            int b = choice[item][left];
            chosen.add(b);
            left -= prices[b];
        }
        Collections.reverse(chosen);
        return chosen;
    }
}
