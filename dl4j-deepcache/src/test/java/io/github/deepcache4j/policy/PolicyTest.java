// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.schedule.BranchSchedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "full.reuse",
                "N5b2.reuse",
                "N5b2.newton2",
                "N5b2.newton2.snr",
                "N10b1.taylor1.dp",
                "N5b2.newton2.clamp8.affine.search",
                "N5b0.newton2.budget",
                "N5b2.fit3.search",
                "Q5c15p1.4b2.newton1",
                "P5p1.2b0.reuse",
                "S0-7-15b2.newton2",
                "MF22F00(11)F.newton1",
                "N5b2.reuse.smooth0.18",
                "N5b2.reuse.change0.5",
                "N10b2.newton1.gate0.1.run4.warm3",
                "N10b2.reuse.gate0.000000001",
                "N5b2.newton2.uncond5",
                "N5b2.newton2.uncond5from10"
            })
    void tagsAreReadAsTheyAreWritten(String tag) {
        assertEquals(tag, Policy.parse(tag).tag());
        assertEquals(Policy.parse(tag), Policy.parse(Policy.parse(tag).tag()));
    }

    @Test
    void partsMeanWhatTheySay() {
        Policy policy = Policy.parse("N5b2.newton2.snr.clamp8.gate0.25.run3");
        assertEquals(new Placement.Uniform(5, 2), policy.placement());
        assertEquals(new Newton(2, Abscissa.LOG_SNR), policy.forecast());
        assertEquals(8, policy.horizon());
        assertEquals(new Gate.SkipChange(0.25, 3, 1), policy.gate());
        assertEquals(Policy.deepCache(5, 2), Policy.parse("N5b2"));
        assertEquals(new Reuse(), Policy.parse("N5b2").forecast());
        BranchSchedule mixed = Policy.parse("MF2F0").placement().schedule(4);
        assertEquals(List.of(0, 2), mixed.fullSteps(4));
        assertEquals(List.of(0, 2), mixed.branches(4));
        assertTrue(Policy.parse("N5b2.recommended").needsCalibration());
        assertTrue(Policy.parse("N5b2.fit2").needsCalibration());
        assertFalse(Policy.parse("N5b2.newton2").needsCalibration());
        GuidanceRule.Frozen frozen = new GuidanceRule.Frozen(3, 4);
        assertTrue(frozen.runs(1) && frozen.runs(4) && frozen.runs(7));
        assertFalse(frozen.runs(5) || frozen.runs(6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "M5b2|the placement 'M5b2' is not understood",
                "N5b2.newton2.taylor1|more than one forecast",
                "N5b2.newton2.newton1|a second 'newton'",
                "N5b2.damped|'damped' is not understood",
                "N5b2.taylor1.snr|'snr' without newton1",
                "N5b2.search.dp|more than one way",
                "S0-5b2.search|'search' behind S0-5b2",
                "N5b2.run4|'run' is not understood",
                "N5b2.newton|a number in it",
                "N5b2.newton9|orders are 0 to 3",
                "N0b2|the interval is 0",
                "S1-5b2|do not start with 0",
                "MF2.gate0.1|one branch that needs no calibration",
                "Q5c15p1.4b2.recommended|as N5b2.recommended"
            })
    void whatIsNotUnderstoodIsNamed(String tag, String reason) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Policy.parse(tag)).getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void theKnownPartsAreListed() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Policy.parse("best"))
                        .getMessage();
        for (String part : List.of("N5b2", "newton1", "taylor1", "search", "gate0.1", "uncond5")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void placementsFitTheirRun() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.parse("S0-20b2").placement().schedule(20));
        assertThrows(
                IllegalArgumentException.class,
                () -> Policy.parse("MF2F0").placement().schedule(5));
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> Policy.parse("N5b2.newton2.dp").placement().schedule(20))
                        .getMessage();
        assertTrue(message.contains("deepcache calibrate"), message);
    }
}
