// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheScheduleTest {

    @Test
    void uniformIsEveryNth() {
        assertEquals(List.of(0, 3, 6, 9), new UniformSchedule(3).fullSteps(10));
        assertEquals(List.of(0), new UniformSchedule(50).fullSteps(10));
    }

    @Test
    void intervalOneIsAlwaysFull() {
        List<Integer> all = List.of(0, 1, 2, 3, 4);
        assertEquals(all, new UniformSchedule(1).fullSteps(5));
        assertEquals(all, new QuadCenterSchedule(5, 1, 2, 1.4).steps());
    }

    @Test
    void explicitIsCachedBeyondItsList() {
        ExplicitSchedule schedule = new ExplicitSchedule(List.of(0, 2, 7));
        assertEquals(List.of(0, 2, 7), schedule.fullSteps(1000));
        assertFalse(schedule.full(8));
    }

    /** Heun's calls for 4 steps: two a step, one in the last. */
    @Test
    void perStepTakesAllCallsOfAStepTogether() {
        List<Integer> heun = List.of(0, 0, 1, 1, 2, 2, 3);
        CacheSchedule byCalls = new UniformSchedule(2);
        CacheSchedule bySteps = new PerStepSchedule(byCalls, heun);
        assertEquals(List.of(0, 2, 4, 6), byCalls.fullSteps(7));
        assertEquals(List.of(0, 1, 4, 5), bySteps.fullSteps(7));
        assertEquals(
                "call 7 is beyond the run, which has 7 calls; take stepOfCall() of the sampler"
                        + " that runs",
                assertThrows(IllegalArgumentException.class, () -> bySteps.full(7)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "quad:15:1.4", "0,4,9"})
    void stepZeroIsFullAndNegativeStepsAreErrors(String text) {
        CacheSchedule schedule = ScheduleParser.parse(text, 5, 50);
        assertTrue(schedule.full(0));
        assertThrows(IllegalArgumentException.class, () -> schedule.full(-1));
    }

    @Test
    void parserReadsTheThreeForms() {
        assertEquals(new UniformSchedule(5), ScheduleParser.parse("uniform", 5, 50));
        assertEquals(
                new QuadCenterSchedule(50, 5, 15, 1.4), ScheduleParser.parse("quad:15:1.4", 5, 50));
        assertEquals(
                new ExplicitSchedule(List.of(0, 5, 9)), ScheduleParser.parse(" 0, 5,9 ", 5, 50));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quadratic|'quadratic' is no schedule; write uniform, quad:CENTER:POWER",
                "quad:15|'quad:15' is no schedule",
                "quad:a:1.4|'quad:a:1.4' is no schedule",
                "0,x|'0,x' is no schedule",
                "''|'' is no schedule",
                "1,5|the full steps [1, 5] do not start with 0",
                "0,5,5|the full steps [0, 5, 5] are not ascending: 5 follows 5",
                "0,50|the full step 50 is not reached: a run of 50 steps ends with step 49",
                "quad:50:1.4|no schedule for T=50, N=5, c=50, p=1.4: T and N must be 1 or more",
                "quad:15:1|no schedule for T=50, N=5, c=15, p=1.0",
            })
    void parserErrorsSayWhatToDo(String text, String start) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ScheduleParser.parse(text, 5, 50))
                        .getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void uniformNeedsAnInterval() {
        assertEquals(
                "the interval is 0; it counts steps, so 1 or more",
                assertThrows(IllegalArgumentException.class, () -> new UniformSchedule(0))
                        .getMessage());
    }

    @Test
    void quadWithoutAFittingPowerIsAnError() {
        // The released code ends its search below p = 1 here, too.
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new QuadCenterSchedule(10, 2, 5, 1.4))
                        .getMessage();
        assertTrue(message.contains("different full steps for T=10"), message);
    }
}
