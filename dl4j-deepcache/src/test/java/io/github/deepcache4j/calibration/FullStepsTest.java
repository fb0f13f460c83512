// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FullStepsTest {

    @Test
    void spacingsOfTen() {
        List<List<Integer>> ways = FullSteps.spacings(10, 50);
        assertEquals(List.of(0, 5, 10, 15, 20, 25, 30, 35, 40, 45), ways.get(0));
        assertTrue(ways.contains(List.of(0, 5, 10, 15, 20, 25, 30, 36, 42, 48)), "short first");
        assertTrue(ways.contains(List.of(0, 6, 12, 18, 23, 28, 33, 38, 43, 48)), "short last");
        assertTrue(ways.contains(List.of(0, 5, 11, 16, 22, 27, 33, 38, 44, 49)), "rounded");
    }

    /** Where rounding would put gaps of 1 and 2 side by side in no order, it is not tried. */
    @Test
    void shortGapsAreInBlocks() {
        for (int count = 14; count < 50; count++) {
            for (List<Integer> full : FullSteps.spacings(count, 50)) {
                long changes =
                        IntStream.range(2, full.size())
                                .filter(j -> gap(full, j) != gap(full, j - 1))
                                .count();
                assertTrue(changes <= 1, full.toString());
            }
        }
    }

    private static int gap(List<Integer> full, int j) {
        return full.get(j) - full.get(j - 1);
    }

    /** Whatever their number, they ascend from 0, are in the run, and no more than asked for. */
    @Test
    void allSpacings() {
        for (int steps = 1; steps <= 30; steps++) {
            for (int count = 1; count <= steps; count++) {
                List<List<Integer>> ways = FullSteps.spacings(count, steps);
                assertEquals(ways.size(), new HashSet<>(ways).size());
                for (List<Integer> full : ways) {
                    String what = full + " of " + count + " in " + steps;
                    assertTrue(full.size() <= count, what);
                    assertEquals(0, full.get(0), what);
                    for (int j = 1; j < full.size(); j++) {
                        assertTrue(full.get(j) > full.get(j - 1), what);
                    }
                    assertTrue(full.get(full.size() - 1) < steps, what);
                }
            }
        }
    }

    @Test
    void theNewestFullStepComesFirst() {
        assertArrayEquals(new int[] {6, 3}, FullSteps.before(List.of(0, 3, 6, 9), 8, 2));
        assertArrayEquals(new int[] {0}, FullSteps.before(List.of(0, 3, 6, 9), 2, 4));
    }
}
