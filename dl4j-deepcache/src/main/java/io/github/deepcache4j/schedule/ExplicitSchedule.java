// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.List;

/**
 * A list of full steps; every other step, also beyond the end of the list, is cached.
 *
 * @param steps step indices, strictly ascending from 0
 */
public record ExplicitSchedule(List<Integer> steps) implements CacheSchedule {

    public ExplicitSchedule {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || steps.get(0) != 0) {
            throw new IllegalArgumentException(
                    "the full steps "
                            + steps
                            + " do not start with 0; nothing is cached before the first step");
        }
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i) <= steps.get(i - 1)) {
                throw new IllegalArgumentException(
                        "the full steps "
                                + steps
                                + " are not ascending: "
                                + steps.get(i)
                                + " follows "
                                + steps.get(i - 1));
            }
        }
    }

    @Override
    public boolean full(int step) {
        return steps.contains(Steps.checked(step));
    }
}
