// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {

    private static final RunFacts FACTS = new RunFacts("abc", "ddim", 20, 20, 1);

    @TempDir private Path folder = Path.of("");

    private static PolicyFile file(String tag) {
        return new PolicyFile(
                new FittedPolicy(Policy.parse(tag), tag, Optional.empty(), 0.1, 0.2),
                FACTS,
                Map.of());
    }

    private static String refusal(PolicyFile file, RunFacts use, boolean stretch) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> file.forRun(use, stretch))
                        .getMessage());
    }

    @Test
    void anotherModelOrNumberOfStepsIsRefusedWithAllReasons() {
        PolicyFile file = file("S0-7-15b2.newton2");
        String message = refusal(file, new RunFacts("def", "ddim", 30, 30, 1), false);
        assertTrue(message.contains("SHA-256 abc, this one has def"), message);
        assertTrue(message.contains("for 20 steps (20 network calls), this run has 30"), message);
        assertTrue(refusal(file, new RunFacts("def", "ddim", 30, 30, 1), true).contains("def"));
    }

    @Test
    void stretchingSpreadsTheFullSteps() {
        RunFacts use = new RunFacts("abc", "ddim", 40, 40, 1);
        assertEquals(
                "S0-14-30b2.newton2", file("S0-7-15b2.newton2").forRun(use, true).policy().tag());
        assertEquals("MF2F0.newton1", file("MF2F0.newton1").forRun(FACTS, false).policy().tag());
        PolicyFile mixed =
                new PolicyFile(
                        file("MF2F0.newton1").fitted(),
                        new RunFacts("abc", "ddim", 4, 4, 1),
                        Map.of());
        assertEquals(
                "MFF22FF00.newton1",
                mixed.forRun(new RunFacts("abc", "ddim", 8, 8, 1), true).policy().tag());
    }

    @Test
    void anotherSamplerOrGuidanceWarns() {
        assertEquals(List.of(), FACTS.warnings(FACTS));
        List<String> warnings = FACTS.warnings(new RunFacts("abc", "euler", 20, 20, 7.5));
        assertEquals(2, warnings.size());
        assertTrue(warnings.get(0).contains("sampler ddim, this run uses euler"));
        assertTrue(warnings.get(1).contains("guidance 1.0, this run has 7.5"));
    }

    @Test
    void otherFilesAreRefusedByName() throws IOException {
        assertTrue(read("{\"a\": 1}").contains("'format' is not 'deepcache-policy'"));
        assertTrue(read("{\"a\": ").contains("policy.json is no policy"));
        assertTrue(
                read("{\"format\": \"deepcache-policy\", \"version\": 2}").contains("version 2"));
        assertTrue(
                read("{\"format\": \"deepcache-policy\", \"version\": 1, \"policy\": \"N5b2\"}")
                        .contains("it lacks /model/sha256, /run/sampler"));
        String text = file("N5b2.newton2").text().replace("N5b2.newton2", "N5b2.better");
        assertTrue(read(text).contains("'better' is not understood"));
    }

    private String read(String text) throws IOException {
        Path file = folder.resolve("policy.json");
        Files.writeString(file, text);
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> PolicyFile.read(file))
                        .getMessage());
    }

    @Test
    void freshNoiseThatItWasNotCalibratedWithTakesTheForecastAway() {
        RunFacts noisy = new RunFacts("abc", "ddpm", 20, 20, 1, true);
        PolicyFile sought =
                new PolicyFile(
                        new FittedPolicy(
                                Policy.parse("S0-7-15b1.newton2"),
                                "N5b2.newton2.budget",
                                Optional.empty(),
                                0.1,
                                0.2),
                        FACTS,
                        Map.of());
        assertEquals("N5b2.reuse", sought.forRun(noisy, false).policy().tag());
        assertEquals("S0-7-15b1.newton2", sought.forRun(FACTS, false).policy().tag());
        assertTrue(FACTS.warnings(noisy).get(1).contains("plain DeepCache runs instead"));
        PolicyFile calibrated = new PolicyFile(sought.fitted(), noisy, Map.of());
        assertEquals("S0-7-15b1.newton2", calibrated.forRun(noisy, false).policy().tag());
    }
}
