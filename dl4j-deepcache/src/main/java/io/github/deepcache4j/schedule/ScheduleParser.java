// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the schedule of a command line. */
public final class ScheduleParser {

    private ScheduleParser() {}

    /**
     * The schedule that a text means.
     *
     * @param text {@code uniform}; {@code quad:CENTER:POWER}; or the full steps, like {@code
     *     0,5,9,13}
     * @param interval N of the first two forms; the list ignores it
     * @param totalSteps number of steps of the run
     * @throws IllegalArgumentException if the text has none of the forms, or its numbers give no
     *     schedule
     */
    public static CacheSchedule parse(String text, int interval, int totalSteps) {
        String form = text.strip();
        if (form.equals("uniform")) {
            return new UniformSchedule(interval);
        }
        try {
            if (form.startsWith("quad:")) {
                String[] parts = form.split(":", -1);
                if (parts.length == 3) {
                    int center = Integer.parseInt(parts[1]);
                    double power = Double.parseDouble(parts[2]);
                    return new QuadCenterSchedule(totalSteps, interval, center, power);
                }
            } else if (!form.isEmpty() && Character.isDigit(form.charAt(0))) {
                return explicit(form, totalSteps);
            }
        } catch (NumberFormatException e) {
            throw unknown(text, e);
        }
        throw unknown(text, null);
    }

    private static CacheSchedule explicit(String form, int totalSteps) {
        List<Integer> steps =
                Arrays.stream(form.split(",", -1))
                        .map(String::strip)
                        .map(Integer::parseInt)
                        .toList();
        ExplicitSchedule schedule = new ExplicitSchedule(steps);
        int last = steps.get(steps.size() - 1);
        if (last >= totalSteps) {
            throw new IllegalArgumentException(
                    "the full step "
                            + last
                            + " is not reached: a run of "
                            + totalSteps
                            + " steps ends with step "
                            + (totalSteps - 1));
        }
        return schedule;
    }

    private static IllegalArgumentException unknown(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is no schedule; write uniform, quad:CENTER:POWER like quad:15:1.4, or"
                        + " the full steps like 0,5,9,13",
                cause);
    }
}
