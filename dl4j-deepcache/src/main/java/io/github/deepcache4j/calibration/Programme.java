// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The full steps of least cost, by dynamic programming over them from left to right. A segment's
 * cost depends on the anchors of its forecasts, so the state is the last few full steps, as many as
 * the forecast looks back on: for reuse it is the programme of CacheQuant (Liu and Gu 2025), L(n,
 * k) = min L(j, k-1) + D(j, n).
 *
 * <p>Exact for its cost. O(K T^(a+1)) segments for a anchors, K full steps and no limit on gaps.
 */
final class Programme {

    /** Anchors in the state, beyond which it has too many. */
    static final int MOST_ANCHORS = 3;

    private final StepCosts costs;
    private final int count;
    private final int longest;

    private record Best(double cost, @Nullable List<Integer> before) {}

    private Programme(StepCosts costs, int count, int longest) {
        this.costs = costs;
        this.count = count;
        this.longest = longest;
    }

    /**
     * The best list.
     *
     * @param count number of full steps
     * @param longest largest distance between two of them
     * @return ascending from 0
     * @throws IllegalArgumentException if no list has so few full steps that near to each other, or
     *     the forecast looks back on more than {@link #MOST_ANCHORS}
     */
    static List<Integer> best(StepCosts costs, int count, int longest) {
        if (costs.anchors() > MOST_ANCHORS) {
            throw new IllegalArgumentException(
                    "'dp' looks back on "
                            + MOST_ANCHORS
                            + " full steps, the forecast on "
                            + costs.anchors()
                            + "; take newton2, taylor2, fit3 or less, or 'search'");
        }
        return new Programme(costs, count, longest).solve();
    }

    private List<Integer> solve() {
        // states: the last full steps, the newest first
        List<Map<List<Integer>, Best>> layers = new ArrayList<>();
        layers.add(Map.of(List.of(0), new Best(0, null)));
        for (int k = 1; k < count; k++) {
            Map<List<Integer>, Best> next = new HashMap<>();
            int last = costs.steps() - (count - k);
            for (Map.Entry<List<Integer>, Best> state : layers.get(k - 1).entrySet()) {
                extend(state.getKey(), state.getValue().cost(), last, next);
            }
            layers.add(next);
        }
        List<Integer> end = null;
        double least = Double.POSITIVE_INFINITY;
        for (Map.Entry<List<Integer>, Best> state : layers.get(count - 1).entrySet()) {
            int newest = state.getKey().get(0);
            if (costs.steps() - newest <= longest) {
                double cost = state.getValue().cost() + tail(anchors(state.getKey()), newest);
                if (cost < least) {
                    least = cost;
                    end = state.getKey();
                }
            }
        }
        if (end == null) {
            throw new IllegalArgumentException(
                    count
                            + " full steps no further than "
                            + longest
                            + " apart do not reach the end of "
                            + costs.steps()
                            + " steps");
        }
        return traced(layers, end);
    }

    private void extend(List<Integer> state, double cost, int last, Map<List<Integer>, Best> next) {
        int newest = state.get(0);
        int[] anchors = anchors(state);
        double sum = cost;
        for (int full = newest + 1; full <= Math.min(last, newest + longest); full++) {
            if (full > newest + 1) {
                sum += costs.of(anchors, full - 1);
            }
            List<Integer> key = new ArrayList<>();
            key.add(full);
            key.addAll(state.subList(0, Math.min(state.size(), costs.anchors() - 1)));
            Best known = next.get(key);
            if (known == null || sum < known.cost()) {
                next.put(key, new Best(sum, state));
            }
        }
    }

    private double tail(int[] anchors, int newest) {
        double sum = 0;
        for (int step = newest + 1; step < costs.steps(); step++) {
            sum += costs.of(anchors, step);
        }
        return sum;
    }

    private static int[] anchors(List<Integer> state) {
        return state.stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Integer> traced(List<Map<List<Integer>, Best>> layers, List<Integer> end) {
        List<Integer> full = new ArrayList<>();
        List<Integer> state = end;
        for (int k = layers.size() - 1; k >= 0 && state != null; k--) {
            full.add(state.get(0));
            Best best = layers.get(k).get(state);
            state = best == null ? null : best.before();
        }
        Collections.reverse(full);
        return full;
    }
}
