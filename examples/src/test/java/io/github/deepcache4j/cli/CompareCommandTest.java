// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.calibration.PolicyFile;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CompareCommandTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    /** The digits with their classifier: every column has a value. */
    @Test
    void digits(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("out");
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "compare",
                        CommandRun.digits(),
                        "--class=3,1",
                        "--count=2",
                        "--steps=4",
                        "--intervals=1,2",
                        "--branches=2",
                        "--policies=newton1,S0-3b0",
                        "--out",
                        out);
        JsonNode runs = facts.get("runs");
        assertEquals(6, runs.size());
        JsonNode uncached = runs.get(0);
        JsonNode everyStepFull = runs.get(1);
        JsonNode cached = runs.get(3);
        JsonNode forecast = runs.get(4);
        assertEquals("newton1", forecast.get("policy").asText());
        assertEquals(cached.get("macs"), forecast.get("macs"));
        assertNotEquals(cached.get("rms"), forecast.get("rms"));
        assertEquals("S0-3b0.reuse", runs.get(5).get("policy").asText());
        assertEquals("full cached@0 cached@0 full", kinds(runs.get(5)));
        assertEquals("uncached", uncached.get("policy").asText());
        assertTrue(uncached.get("psnr").isNull());
        assertEquals(1, uncached.get("speedup").get("measured").asDouble(), 0);
        // interval 1 is bit-identical: no error in any step
        assertEquals("full full full full", kinds(everyStepFull));
        assertEquals(0, everyStepFull.get("rms").asDouble(), 0);
        assertEquals("full cached@2 full cached@2", kinds(cached));
        assertEquals(2, cached.get("branch").asInt());
        assertEquals(2, cached.get("interval").asInt());
        double psnr = cached.get("psnr").asDouble();
        assertTrue(psnr > 10 && psnr < 60, () -> "psnr " + psnr);
        assertTrue(cached.get("ssim").asDouble() < 1);
        assertTrue(cached.get("frechet").asDouble() > 0);
        assertTrue(cached.get("accuracy").isNumber());
        assertTrue(cached.get("speedup").get("predicted").asDouble() > 1);
        double macs = uncached.get("macs").asDouble() / cached.get("macs").asDouble();
        assertEquals(macs, cached.get("speedup").get("predicted").asDouble(), 1e-9);
        // the first step is full, and so is the image that the second gets; then errors grow
        JsonNode steps = cached.get("steps");
        assertEquals(5, steps.size());
        assertEquals(0, steps.get(1).get("relativeL2").asDouble(), 0);
        assertTrue(steps.get(2).get("relativeL2").asDouble() > 0);
        assertEquals(
                cached.get("relativeL2").asDouble(),
                steps.get(4).get("relativeL2").asDouble(),
                1e-12);

        assertEquals(9, facts.get("similarity").size(), "one for each branch");
        Map<String, INDArray> similarity = NpzFile.read(out.resolve("similarity.npz"));
        INDArray matrix = similarity.get("ddim_4_branch_2");
        assertEquals(List.of(4L, 4L), java.util.Arrays.stream(matrix.shape()).boxed().toList());
        assertEquals(1, matrix.getDouble(3, 3), 1e-5);
        assertEquals(matrix.getDouble(1, 2), matrix.getDouble(2, 1), 1e-5);
        assertEquals(
                List.of("compare.csv", "index.html", "similarity.npz", "steps.csv", "table.md"),
                CommandRun.files(out).stream().map(Path::toString).toList());
        assertEquals(7, Files.readAllLines(out.resolve("compare.csv")).size());
    }

    /** Several samplers, guidance, calibration, images too small for SSIM, no classifier. */
    @Test
    void samplers(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("out");
        Object[] compare = {
            "compare",
            TINY,
            "--class=1",
            "--count=3",
            "--guidance=2",
            "--samplers=ddim:3,euler-a",
            "--policies=newton2.dp",
            "--steps=5",
            "--calibration-count=20",
            "--out",
            out
        };
        JsonNode facts = CommandRun.json(0, folder, compare);
        JsonNode runs = facts.get("runs");
        // 2 samplers: uncached, and 4 intervals at each of the 2 branches there are, twice
        assertEquals(34, runs.size());
        assertEquals("ddim 3", runs.get(0).get("sampler").asText());
        assertEquals("euler-a 5", runs.get(17).get("sampler").asText());
        assertEquals("full cached@0 cached@0 cached@0 cached@0", kinds(runs.get(22)));
        // calibrated: as many full steps, placed
        JsonNode placed = runs.get(21);
        assertEquals("newton2.dp", placed.get("policy").asText());
        assertTrue(placed.get("tag").asText().matches("S0-[0-9]b0[.]newton2"), placed::toString);
        assertEquals(runs.get(20).get("macs"), placed.get("macs"));
        PolicyFile kept =
                PolicyFile.read(out.resolve("policies").resolve("ddim-3-N2b0.newton2.dp.json"));
        assertEquals("ddim", kept.facts().sampler());
        assertEquals(20, kept.images().get("count"));
        assertTrue(runs.get(1).get("ssim").isNull(), "8x8 images hold no window");
        assertTrue(runs.get(1).get("frechet").isNull(), "no classifier");
        assertTrue(runs.get(1).get("psnr").asDouble() > 0);
        String page = Files.readString(out.resolve("index.html"));
        assertFalse(page.contains("Fréchet"), "columns without values are left out");
        assertTrue(page.contains("euler-a 5"));
        String again = CommandRun.of(compare).expect(0).err();
        assertTrue(again.contains("taken from"), again);
        assertFalse(again.contains("now in"), again);
        compare[compare.length - 3] = "--calibration-count=2";
        String other = CommandRun.of(compare).expect(0).err();
        assertFalse(other.contains("taken from"), other);
    }

    /** Latents have an RMS error and no PSNR. */
    @Test
    void latents(@TempDir Path folder) throws IOException {
        Path inputs = folder.resolve("inputs.npz");
        NpzFile.write(inputs, Map.of("encoder_hidden_states", Nd4j.ones(1, 7, 24).muli(0.1)));
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "compare",
                        CommandRun.fixture("sd.dynamo18.onnx"),
                        "--inputs",
                        inputs,
                        "--count=1",
                        "--steps=3",
                        "--intervals=3",
                        "--branches=0",
                        "--out",
                        folder.resolve("out"));
        JsonNode cached = facts.get("runs").get(1);
        assertTrue(cached.get("psnr").isNull());
        assertTrue(cached.get("rms").asDouble() > 0);
        assertTrue(cached.get("ssim").isNull());
    }

    /** A file of calibrate; and a policy that leaves calls of guidance out. */
    @Test
    void filesAndGuidance(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("policy.json");
        CommandRun.of(
                        "calibrate",
                        TINY,
                        "--class=1",
                        "--guidance=2",
                        "--steps=5",
                        "--count=2",
                        "--policy=N3b0.newton1.dp",
                        "--out",
                        file)
                .expect(0);
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "compare",
                        TINY,
                        "--class=1",
                        "--guidance=2",
                        "--steps=5",
                        "--count=2",
                        "--intervals=3",
                        "--branches=0",
                        "--policies",
                        file + ",N3b0.reuse.uncond2",
                        "--out",
                        folder.resolve("out"));
        JsonNode runs = facts.get("runs");
        assertEquals(4, runs.size());
        assertEquals("policy.json", runs.get(3).get("policy").asText());
        assertTrue(runs.get(3).get("tag").asText().startsWith("S0-"), runs::toString);
        JsonNode frozen = runs.get(2);
        assertTrue(kinds(frozen).contains("1 skipped"), () -> kinds(frozen));
        assertTrue(frozen.get("macs").asLong() < runs.get(1).get("macs").asLong());
        assertTrue(frozen.get("psnr").asDouble() > 0);
    }

    private static String kinds(JsonNode run) {
        List<String> kinds = new java.util.ArrayList<>();
        run.get("kinds").forEach(kind -> kinds.add(kind.asText()));
        return String.join(" ", kinds);
    }
}
