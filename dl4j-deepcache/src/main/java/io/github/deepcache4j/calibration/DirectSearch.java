// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Local search over the positions of the full steps: one is moved at a time, by one, by two, to
 * anywhere, and the move stays if the cost falls. What was evaluated is remembered. Ends where no
 * single move helps from any start, or when the evaluations are used up.
 */
final class DirectSearch {

    /** Smaller gains than 2 % are the calibration images' own. */
    static final double WORTHWHILE = 0.98;

    /** Near first: with forecasts, an uneven gap costs more than a late full step. */
    private static final int[] DISTANCES = {1, 2, 1};

    private final ToDoubleFunction<List<Integer>> cost;
    private final int steps;
    private final int budget;
    private final Map<List<Integer>, Double> known = new HashMap<>();

    /**
     * @param cost of a list of full steps
     * @param steps of the run
     * @param budget most evaluations of the cost
     */
    DirectSearch(ToDoubleFunction<List<Integer>> cost, int steps, int budget) {
        this.cost = cost;
        this.steps = steps;
        this.budget = budget;
    }

    /** Evaluations so far. */
    int evaluations() {
        return known.size();
    }

    /** Cost of a list, evaluated at most once; infinite once the budget is used up. */
    double cost(List<Integer> full) {
        Double remembered = known.get(full);
        if (remembered == null) {
            if (known.size() >= budget) {
                return Double.POSITIVE_INFINITY;
            }
            double value = cost.applyAsDouble(full);
            remembered = Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
            known.put(List.copyOf(full), remembered);
        }
        return remembered;
    }

    /** The best of what moves of single full steps make of these, beginning with the best. */
    List<Integer> best(List<List<Integer>> starts) {
        List<List<Integer>> ordered = new ArrayList<>(starts);
        ordered.sort(Comparator.comparingDouble(this::cost));
        List<Integer> best = ordered.get(0);
        for (List<Integer> start : ordered) {
            List<Integer> found = descend(start);
            if (cost(found) < cost(best)) {
                best = found;
            }
        }
        return best;
    }

    private List<Integer> descend(List<Integer> start) {
        List<Integer> best = start;
        List<Integer> before;
        do {
            before = best;
            for (int distance : DISTANCES) {
                best = descend(best, distance);
            }
            best = relocate(best);
        } while (!best.equals(before));
        return best;
    }

    /** Takes one full step out and puts it in anywhere else. */
    private List<Integer> relocate(List<Integer> start) {
        List<Integer> best = start;
        for (int j = 1; j < start.size(); j++) {
            for (int to = 1; to < steps; to++) {
                if (!best.contains(to)) {
                    List<Integer> tried = new ArrayList<>(best);
                    tried.set(j, to);
                    Collections.sort(tried);
                    if (cost(tried) < WORTHWHILE * cost(best)) {
                        best = tried;
                    }
                }
            }
        }
        return best;
    }

    private List<Integer> descend(List<Integer> start, int distance) {
        List<Integer> best = start;
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int j = 1; j < best.size(); j++) {
                for (int by : new int[] {-distance, distance}) {
                    List<Integer> tried = moved(best, j, by);
                    if (!tried.isEmpty() && cost(tried) < WORTHWHILE * cost(best)) {
                        best = tried;
                        moved = true;
                    }
                }
            }
        }
        return best;
    }

    /** Empty if the full step would meet another or leave the run. */
    private List<Integer> moved(List<Integer> full, int j, int by) {
        int to = full.get(j) + by;
        int least = full.get(j - 1) + 1;
        int most = j + 1 < full.size() ? full.get(j + 1) - 1 : steps - 1;
        if (to < least || to > most) {
            return List.of();
        }
        List<Integer> result = new ArrayList<>(full);
        result.set(j, to);
        return result;
    }
}
