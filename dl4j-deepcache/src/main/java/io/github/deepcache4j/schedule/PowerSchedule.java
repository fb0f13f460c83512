// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Full steps that grow apart, or together, by a power: of n = ceil(T/N) full steps the j-th is
 * round(T (j/n)^p), moved up where rounding would repeat a step. p above 1 puts them close together
 * at the start of the run, below 1 at its end, and 1 spaces them evenly.
 *
 * @param totalSteps T, the number of steps of the run
 * @param interval N, at least 1
 * @param power p, above 0
 */
public record PowerSchedule(int totalSteps, int interval, double power) implements CacheSchedule {

    public PowerSchedule {
        if (totalSteps < 1 || interval < 1 || !(power > 0) || !Double.isFinite(power)) {
            throw new IllegalArgumentException(
                    "no schedule for T="
                            + totalSteps
                            + ", N="
                            + interval
                            + ", p="
                            + power
                            + ": T and N must be 1 or more, p above 0");
        }
    }

    @Override
    public boolean full(int step) {
        return steps().contains(Steps.checked(step));
    }

    /** The full steps, ascending from 0. */
    public List<Integer> steps() {
        int count = (totalSteps + interval - 1) / interval;
        List<Integer> steps = new ArrayList<>();
        for (int j = 0; j < count; j++) {
            int wanted = (int) Math.round(totalSteps * Math.pow((double) j / count, power));
            int least = steps.isEmpty() ? 0 : steps.get(steps.size() - 1) + 1;
            // those still to come need a step each
            steps.add(Math.min(Math.max(wanted, least), totalSteps - (count - j)));
        }
        return steps;
    }
}
