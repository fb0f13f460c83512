// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Round numbers, worked out by hand. */
class AxisTest {

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(axis::label).toList();
    }

    @Test
    void linearAxisEndsAtRoundNumbers() {
        assertEquals(
                List.of("15", "20", "25", "30", "35"), labels(Axis.linear(new double[] {34, 17})));
        assertEquals(
                List.of("0.00", "0.05", "0.10", "0.15", "0.20"),
                labels(Axis.linear(new double[] {0.01, 0.18})));
        assertEquals(
                List.of("-0.4", "-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2"),
                labels(Axis.linear(new double[] {-0.4, 0.2})));
        assertEquals(0.5, Axis.linear(new double[] {10, 20}).along(15), 1e-12);
    }

    @Test
    void logarithmicAxisEndsAtPowersOfTen() {
        Axis axis = Axis.logarithmic(new double[] {0.003, 0, 0.4});
        assertEquals(List.of("1e-03", "0.01", "0.1", "1"), labels(axis));
        assertEquals(1 / 3.0, axis.along(0.01), 1e-9);
        assertFalse(axis.holds(0), "zero has no logarithm");
        assertTrue(axis.holds(0.1));
    }

    @Test
    void whatCannotBeDrawnIsLeftOut() {
        Axis axis = Axis.linear(new double[] {1, Double.POSITIVE_INFINITY, Double.NaN, 3});
        assertEquals(List.of("1.0", "1.5", "2.0", "2.5", "3.0"), labels(axis));
        assertFalse(axis.holds(Double.POSITIVE_INFINITY));
        // one value, or none, still makes an axis
        assertTrue(Axis.linear(new double[] {7}).ticks().size() > 1);
        assertTrue(Axis.logarithmic(new double[0]).ticks().size() > 1);
    }
}
