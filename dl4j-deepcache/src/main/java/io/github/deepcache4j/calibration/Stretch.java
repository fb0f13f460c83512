// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.policy.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Spreads the steps of a fitted policy over another number of calls. */
final class Stretch {

    private Stretch() {}

    /** Whether there is nothing in it that belongs to single steps. */
    static boolean isPossible(FittedPolicy fitted) {
        return fitted.corrections().isEmpty() && !(fitted.policy().forecast() instanceof Fitted);
    }

    static FittedPolicy of(FittedPolicy fitted, int from, int to) {
        return new FittedPolicy(
                fitted.policy().with(placement(fitted.policy().placement(), from, to)),
                fitted.asked(),
                fitted.corrections(),
                fitted.meanSquare(),
                fitted.plainMeanSquare());
    }

    private static Placement placement(Placement placement, int from, int to) {
        if (placement instanceof Placement.Listed listed) {
            TreeSet<Integer> steps = new TreeSet<>();
            for (int step : listed.steps()) {
                steps.add((int) Math.min(to - 1L, Math.round((double) step * to / from)));
            }
            return new Placement.Listed(List.copyOf(steps), listed.branch());
        }
        if (placement instanceof Placement.Mixed mixed) {
            List<Integer> kinds = new ArrayList<>();
            for (int step = 0; step < to; step++) {
                kinds.add(mixed.steps().get((int) ((long) step * from / to)));
            }
            return new Placement.Mixed(kinds);
        }
        return placement;
    }
}
