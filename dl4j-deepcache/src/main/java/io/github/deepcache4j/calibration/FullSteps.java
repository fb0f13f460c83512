// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lists of full steps. */
final class FullSteps {

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

    /** Lists that a search sets out from: evenly, closer at the start of the run, at its end. */
    static List<List<Integer>> starts(int count, int steps) {
        List<List<Integer>> starts = new ArrayList<>();
        starts.add(evenly(count, steps));
        for (double power : new double[] {1.3, 1.8, 0.75}) {
            List<Integer> full = new ArrayList<>();
            for (int j = 0; j < count; j++) {
                int wanted = (int) Math.round(steps * Math.pow((double) j / count, power));
                int least = full.isEmpty() ? 0 : full.get(j - 1) + 1;
                full.add(Math.min(Math.max(wanted, least), steps - (count - j)));
            }
            starts.add(full);
        }
        return starts;
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
