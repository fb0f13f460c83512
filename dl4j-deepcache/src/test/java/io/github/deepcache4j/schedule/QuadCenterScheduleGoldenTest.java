// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists computed with NumPy 2.4.6 by {@code sample_from_quad_center} of horseee/DeepCache. */
class QuadCenterScheduleGoldenTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "50|5|15|1.4|0,5,9,13,17,21,26,31,37,43",
                "50|5|10|1.5|0,4,7,10,14,19,24,30,36,43",
                "50|5|15|1.3|0,5,10,14,17,22,26,32,37,43",
                "50|2|15|1.5|0,2,4,5,7,9,10,12,14,15,16,18,20,22,24,26,28,30,32,34,37,39,42,44,47",
                "50|3|15|1.3|0,3,6,8,11,13,15,17,20,23,26,29,32,35,39,42,46",
                "50|4|15|1.4|0,4,7,10,14,16,19,23,27,31,35,40,45",
                "50|8|10|1.4|0,6,10,16,23,31,40",
                "50|5|0|1.4|0,1,5,9,13,18,24,30,36,43",
                "250|20|120|1.2|0,22,42,62,80,98,116,132,149,168,187,207,228",
                "250|10|110|1.2|0,11,22,32,43,53,62,72,81,91,99,108,116,125,134,144,153,163,173,"
                        + "184,194,205,216,227,238",
                "20|4|5|1.3|0,4,6,10,15",
                "10|3|3|1.4|0,3,4,6",
            })
    void releasedCode(int total, int interval, int center, double power, String steps) {
        QuadCenterSchedule schedule = new QuadCenterSchedule(total, interval, center, power);
        List<Integer> expected = Arrays.stream(steps.split(",")).map(Integer::valueOf).toList();
        assertEquals(expected, schedule.steps());
        assertEquals(expected, schedule.fullSteps(total));
    }

    @Test
    void isNotTheSignedRealPower() {
        assertNotEquals(
                List.of(0, 6, 11, 14, 15, 19, 24, 29, 35, 42),
                new QuadCenterSchedule(50, 5, 15, 1.4).steps());
    }
}
