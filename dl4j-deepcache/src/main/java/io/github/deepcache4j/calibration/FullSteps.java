// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.schedule.UniformSchedule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Lists of full steps. */
final class FullSteps {

    /** Power of a spacing that is a little denser at the start of a run. */
    private static final double DENSER_AT_THE_START = 1.15;

    /** Gaps from here on may be rounded one by one: 4 and 5 in turn forecast well, 1 and 2 not. */
    private static final int LONG_GAP = 4;

    private FullSteps() {}

    /**
     * Full steps as evenly spaced as whole numbers allow: floor(j T / n).
     *
     * @param count n, 1 to {@code steps}
     * @param steps T
     */
    static List<Integer> evenly(int count, int steps) {
        return IntStream.range(0, count).mapToObj(j -> (int) ((long) j * steps / count)).toList();
    }

    /**
     * Regular ways to spread full steps over a run: uniformly, at the smallest interval that needs
     * no more of them; with the last one near the end of the run and two neighbouring gaps, the
     * short ones first, or last; where gaps are long, also rounded positions: evenly up to near the
     * end, and a little closer towards the start.
     *
     * @param count most full steps, 1 to {@code steps}
     * @param steps of the run
     * @return the uniform way first
     */
    static List<List<Integer>> spacings(int count, int steps) {
        Set<List<Integer>> ways = new LinkedHashSet<>();
        ways.add(new UniformSchedule((steps + count - 1) / count).fullSteps(steps));
        for (int last = steps - 2; last < steps; last++) {
            if (count > 1 && last >= count - 1) {
                ways.add(gaps(count, last, true));
                ways.add(gaps(count, last, false));
                if (last >= LONG_GAP * (count - 1)) {
                    ways.add(powers(count, steps, last, 1));
                }
            }
        }
        if (steps >= LONG_GAP * count) {
            ways.add(powers(count, steps, steps * (count - 1.0) / count, DENSER_AT_THE_START));
        }
        return List.copyOf(ways);
    }

    /** Lists that a search sets out from: regular ones, and two that are far from even. */
    static List<List<Integer>> starts(int count, int steps) {
        List<List<Integer>> starts = new ArrayList<>(spacings(count, steps));
        starts.removeIf(full -> full.size() < count);
        for (double power : new double[] {1.8, 0.75}) {
            starts.add(powers(count, steps, steps * (count - 1.0) / count, power));
        }
        return starts;
    }

    /** Full steps at last (j / (n - 1))^power, rounded. */
    private static List<Integer> powers(int count, int steps, double last, double power) {
        List<Integer> full = new ArrayList<>(List.of(0));
        for (int j = 1; j < count; j++) {
            int wanted = (int) Math.round(last * Math.pow(j / (count - 1.0), power));
            full.add(Math.min(Math.max(wanted, full.get(j - 1) + 1), steps - (count - j)));
        }
        return full;
    }

    /** Two neighbouring gaps, in two blocks. */
    private static List<Integer> gaps(int count, int last, boolean shortFirst) {
        int gap = last / (count - 1);
        int longer = last % (count - 1);
        List<Integer> full = new ArrayList<>(List.of(0));
        for (int j = 1; j < count; j++) {
            boolean isLong = shortFirst ? j >= count - longer : j <= longer;
            full.add(full.get(j - 1) + gap + (isLong ? 1 : 0));
        }
        return full;
    }

    /**
     * The last full steps before a step.
     *
     * @param full ascending from 0
     * @return the newest first, at most {@code most}
     */
    static int[] before(List<Integer> full, int step, int most) {
        int end = 0;
        while (end < full.size() && full.get(end) < step) {
            end++;
        }
        int[] anchors = new int[Math.min(end, most)];
        for (int j = 0; j < anchors.length; j++) {
            anchors[j] = full.get(end - 1 - j);
        }
        return anchors;
    }
}
