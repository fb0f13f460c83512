// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrateCommandTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    @TempDir Path folder;

    private Path policy() {
        return folder.resolve("policy.json");
    }

    private JsonNode calibrate(Object... more) throws IOException {
        Object[] first = {
            "calibrate",
            TINY,
            "--class",
            "0,1",
            "--count",
            2,
            "--steps",
            8,
            "--seed",
            50,
            "--trials",
            6,
            "--out",
            policy()
        };
        return CommandRun.json(
                0, folder, Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray());
    }

    private CommandRun sample(Object... more) {
        Object[] first = {
            "sample", TINY, "--class", 1, "--count", 2, "--latents", folder.resolve("s.npz")
        };
        return CommandRun.of(Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray());
    }

    @Test
    void whatIsCalibratedCanBeFollowed() throws IOException {
        JsonNode facts = calibrate("--interval", 4, "--branch", 0);
        assertEquals("N4b0.newton2.budget", facts.get("asked").asText());
        assertTrue(facts.get("gainDecibels").asDouble() >= 0);
        CommandRun run = sample("--steps", 8, "--policy", policy()).expect(0);
        assertTrue(run.out().contains(facts.get("policy").asText()), run.out());
        assertTrue(run.err().isEmpty() || !run.err().contains("calibrated with"), run.err());
    }

    @Test
    void aSpeedupIsATarget() throws IOException {
        calibrate("--speedup", 1.5);
        Path json = folder.resolve("facts.json");
        sample("--steps", 8, "--policy", policy(), "--json", json).expect(0);
        double speedup =
                new ObjectMapper()
                        .readTree(Files.readAllBytes(json))
                        .at("/totals/predictedSpeedup")
                        .asDouble();
        assertTrue(speedup >= 1.5, "speed-up " + speedup);
        String noise =
                sample("--steps", 8, "--sampler", "euler-a", "--policy", policy()).expect(0).err();
        assertTrue(noise.contains("plain DeepCache"), noise);
    }

    @Test
    void anotherRunIsRefusedStretchedOrNoted() throws IOException {
        calibrate("--policy", "N4b0.newton1.search");
        String refused = sample("--steps", 9, "--policy", policy()).expect(2).err();
        assertTrue(refused.contains("for 8 steps (8 network calls), this run has 9"), refused);
        sample("--steps", 16, "--policy", policy(), "--stretch").expect(0);
        String noted =
                sample("--steps", 8, "--sampler", "euler", "--policy", policy()).expect(0).err();
        assertTrue(noted.contains("calibrated with the sampler ddim"), noted);
        String other =
                Files.readString(policy()).replaceFirst("\"sha256\" : \"..", "\"sha256\" : \"zz");
        Files.writeString(policy(), other);
        String model = sample("--steps", 8, "--policy", policy()).expect(2).err();
        assertTrue(model.contains("on another model"), model);
    }

    @Test
    void tagsAreFollowedAndStepsNamed() throws IOException {
        Path json = folder.resolve("facts.json");
        sample("--steps", 6, "--policy", "N3b0.newton2", "--json", json).expect(0);
        JsonNode steps = new ObjectMapper().readTree(Files.readAllBytes(json)).get("steps");
        assertEquals("full", steps.get(0).get("label").asText());
        assertEquals("cached@0", steps.get(1).get("label").asText());
    }

    @Test
    void theUnconditionalHalfIsLeftOut() throws IOException {
        Path json = folder.resolve("facts.json");
        sample("--steps", 6, "--guidance", 2, "--policy", "N2b0.newton1.uncond3", "--json", json)
                .expect(0);
        JsonNode facts = new ObjectMapper().readTree(Files.readAllBytes(json));
        assertEquals("full", facts.at("/steps/0/label").asText());
        assertEquals("cached@0, 1 skipped", facts.at("/steps/1/label").asText());
        assertEquals("full, 1 skipped", facts.at("/steps/2/label").asText());
        assertEquals("cached@0", facts.at("/steps/3/label").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "N3b0.best|'best' is not understood; known are placement: N5b2",
                "N3b0.recommended|must be fitted to the model first: deepcache calibrate",
                "missing.json|there is no such file",
                "N3b7|There is no branch 7",
                "N3b0.reuse.uncond3|give --guidance G"
            })
    void wrongPoliciesAreNamed(String policy, String reason) {
        String message = sample("--steps", 4, "--policy", policy).expect(2).err();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void optionsThatContradictAreNamed() {
        String both = sample("--policy", "N3b0", "--interval", 4).expect(2).err();
        assertTrue(both.contains("leave out --interval"), both);
        String stretch = sample("--stretch").expect(2).err();
        assertTrue(stretch.contains("--stretch is for a policy file"), stretch);
        String ways =
                CommandRun.of("calibrate", TINY, "--speedup", 2, "--interval", 3, "--out", policy())
                        .expect(2)
                        .err();
        assertTrue(ways.contains("give one of them"), ways);
        String nothing =
                CommandRun.of("calibrate", TINY, "--policy", "N3b0.newton2", "--out", policy())
                        .expect(2)
                        .err();
        assertTrue(nothing.contains("has nothing to calibrate"), nothing);
    }
}
