// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.npz.NpzFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SampleCommandTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    @TempDir Path folder;

    private JsonNode run(Path model, Object... more) throws IOException {
        Object[] first = {"sample", model, "--latents", folder.resolve("samples.npz")};
        return CommandRun.json(
                0, folder, Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray());
    }

    private INDArray samples() throws IOException {
        return Objects.requireNonNull(
                NpzFile.read(folder.resolve("samples.npz")).get("samples"), "samples");
    }

    private float[] values(Path model, Object... more) throws IOException {
        run(model, more);
        return samples().dup('c').data().asFloat();
    }

    /** Three images of three classes in six steps, unless told otherwise. */
    private float[] tiny(Object... more) throws IOException {
        List<Object> all = new ArrayList<>(Arrays.asList(more));
        Map<String, Object> defaults = Map.of("--count", 3, "--steps", 6, "--class", "0,1,2");
        defaults.forEach(
                (option, value) -> {
                    if (!all.contains(option)) {
                        all.addAll(List.of(option, value));
                    }
                });
        return values(TINY, all.toArray());
    }

    private static String kinds(JsonNode facts) {
        StringBuilder kinds = new StringBuilder();
        facts.get("steps").forEach(step -> kinds.append(step.get("kind").asText().charAt(0)));
        return kinds.toString();
    }

    @Test
    void jsonAsTheContractSays() throws IOException {
        Path out = folder.resolve("grid.png");
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "sample",
                        TINY,
                        "--class",
                        1,
                        "--steps",
                        5,
                        "--interval",
                        2,
                        "--branch",
                        0,
                        "--seed",
                        4,
                        "--count",
                        3,
                        "--out",
                        out);
        assertTrue(
                CommandRun.names(facts)
                        .containsAll(List.of("steps", "totals", "samples", "provenance")));
        assertEquals("fcfcf", kinds(facts));
        long macs = 0;
        for (JsonNode step : facts.get("steps")) {
            assertTrue(step.get("seconds").asDouble() > 0);
            macs += step.get("macs").asLong();
        }
        JsonNode first = facts.get("steps").get(0);
        JsonNode second = facts.get("steps").get(1);
        assertEquals(0, first.get("index").asInt());
        // sizes as in InspectCommandTest, for three images
        assertEquals(3 * 55296, first.get("macs").asLong());
        assertEquals(3 * 23040, second.get("macs").asLong());
        JsonNode totals = facts.get("totals");
        assertEquals(macs, totals.get("macs").asLong());
        assertEquals(3, totals.get("fullSteps").asInt());
        assertEquals(2, totals.get("cachedSteps").asInt());
        assertTrue(totals.get("seconds").asDouble() > 0);
        Path samples = Path.of(facts.get("samples").asText());
        assertEquals(folder.resolve("grid.npz"), samples);
        assertArrayEquals(
                new long[] {3, 1, 8, 8},
                Objects.requireNonNull(NpzFile.read(samples).get("samples")).shape());
        JsonNode provenance = facts.get("provenance");
        for (String field :
                List.of("sha256", "plan", "schedule", "sampler", "seed", "engine", "versions")) {
            assertTrue(provenance.has(field), field);
        }
        assertEquals(4, provenance.get("seed").asLong());
    }

    @Test
    void pictureIsAGridOfEnlargedSamples() throws IOException {
        Path out = folder.resolve("grid.png");
        tiny("--count", 5, "--out", out);
        BufferedImage picture = ImageIO.read(out.toFile());
        // 8x8 twelve times enlarged, three columns, two rows, gaps of two
        assertEquals(3 * 96 + 2 * 2, picture.getWidth());
        assertEquals(2 * 96 + 2, picture.getHeight());
        double value = samples().getDouble(3, 0, 2, 5);
        int grey = (int) Math.round(255 * Math.max(0, Math.min(1, (value + 1) / 2)));
        assertEquals(grey, picture.getRGB(5 * 12 + 6, 98 + 2 * 12 + 6) & 0xff);
    }

    @Test
    void intervalOneIsTheUncachedModelBitForBit() throws IOException {
        float[] uncached = tiny("--uncached");
        assertArrayEquals(uncached, tiny("--interval", 1));
        assertArrayEquals(uncached, tiny("--schedule", "0,1,2,3,4,5"));
        assertFalse(Arrays.equals(uncached, tiny("--interval", 2)));
    }

    @Test
    void intervalOneOfTheDigitModel() throws IOException {
        Object[] options = {
            "--count", 1, "--steps", 2, "--class", 3, "--guidance", 2, "--clipped-model-output"
        };
        Path digits = CommandRun.digits();
        float[] uncached =
                values(
                        digits,
                        Stream.concat(Arrays.stream(options), Stream.of("--uncached")).toArray());
        assertArrayEquals(
                uncached,
                values(
                        digits,
                        Stream.concat(Arrays.stream(options), Stream.of("--schedule", "0,1"))
                                .toArray()));
    }

    @Test
    void sameSeedSameSamples() throws IOException {
        float[] first = tiny("--interval", 3);
        assertArrayEquals(first, tiny("--interval", 3));
        assertArrayEquals(tiny("--sampler", "ddpm"), tiny("--sampler", "ddpm"));
        assertArrayEquals(tiny("--eta", 0.5), tiny("--eta", 0.5));
        assertFalse(Arrays.equals(first, tiny("--interval", 3, "--seed", 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "uniform, fcfcfc",
        "'0,1,4', ffccfc",
        "quad:2:1.4, fff", // compared by its beginning: how it goes on is the schedule's own test
    })
    void schedules(String schedule, String kinds) throws IOException {
        JsonNode facts =
                run(
                        TINY,
                        "--class",
                        1,
                        "--count",
                        1,
                        "--steps",
                        6,
                        "--interval",
                        2,
                        "--schedule",
                        schedule);
        assertTrue(kinds(facts).startsWith(kinds.substring(0, 1)), kinds(facts));
        if (!schedule.startsWith("quad")) {
            assertEquals(kinds, kinds(facts));
        }
        assertEquals(6, kinds(facts).length());
        assertTrue(kinds(facts).contains("c"), kinds(facts));
    }

    @Test
    void deepestBranchWithinAShare() throws IOException {
        JsonNode facts = run(TINY, "--class", 1, "--count", 1, "--steps", 2, "--max-share", 0.95);
        assertEquals(1, facts.get("provenance").get("plan").get("branch").asInt());
        facts = run(TINY, "--class", 1, "--count", 1, "--steps", 2, "--max-share", 0.5);
        assertEquals(0, facts.get("provenance").get("plan").get("branch").asInt());
    }

    @Test
    void countThatIsNoMultipleOfTheBatch() throws IOException {
        float[] alone = tiny("--count", 3, "--shape", "sample=1x1x8x8");
        assertEquals(3 * 64, alone.length);
        // two calls of two, the last of which holds an image that nobody asked for
        float[] pairs = tiny("--count", 3, "--shape", "sample=2x1x8x8");
        assertEquals(3 * 64, pairs.length);
        assertArrayEquals(alone, pairs, 1e-4f);
        JsonNode facts = run(TINY, "--class", 1, "--count", 20, "--steps", 2);
        assertEquals(2, facts.get("steps").size());
        assertArrayEquals(new long[] {20, 1, 8, 8}, samples().shape());
    }

    @Test
    void guidance() throws IOException {
        float[] plain = tiny();
        assertFalse(Arrays.equals(plain, tiny("--guidance", 3)));
        // in one call of both halves or, where the batch is fixed and odd, in two calls a step
        assertArrayEquals(
                tiny("--guidance", 3, "--count", 1, "--interval", 2),
                tiny("--guidance", 3, "--count", 1, "--interval", 2, "--shape", "sample=1x1x8x8"),
                1e-4f);
    }

    @Test
    void classesTakeTurns() throws IOException {
        float[] mixed = tiny("--class", "2,1", "--count", 2);
        float[] turned = tiny("--class", "1,2", "--count", 2);
        assertFalse(Arrays.equals(mixed, turned));
    }

    @Test
    void inputsByName() throws IOException {
        Path inputs = folder.resolve("inputs.npz");
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("class_labels", Nd4j.createFromArray(1L, 3L));
        NpzFile.write(inputs, arrays);
        Object[] options = {"--count", 2, "--steps", 3, "--inputs", inputs};
        float[] byArray = values(TINY, options);
        assertArrayEquals(values(TINY, "--count", 2, "--steps", 3, "--class", "1,3"), byArray);
        // what guidance leaves out, and the noise to begin with
        arrays.put("uncond_class_labels", Nd4j.createFromArray(4L));
        arrays.put("sample", Nd4j.zeros(2, 1, 8, 8).addi(0.25));
        NpzFile.write(inputs, arrays);
        List<Object> guided = new ArrayList<>(Arrays.asList(options));
        guided.addAll(List.of("--guidance", 2));
        assertNotEquals(Arrays.hashCode(byArray), Arrays.hashCode(values(TINY, guided.toArray())));
    }

    @Test
    void textStatesFromAFile() throws IOException {
        Path inputs = folder.resolve("text.npz");
        Map<String, INDArray> golden = NpzFile.read(CommandRun.fixture("sd.deepcache.npz"));
        NpzFile.write(
                inputs,
                Map.of(
                        "encoder_hidden_states", Objects.requireNonNull(golden.get("cond")),
                        "uncond_encoder_hidden_states",
                                Objects.requireNonNull(golden.get("uncond")),
                        "sample", Objects.requireNonNull(golden.get("latents"))));
        JsonNode facts =
                run(
                        CommandRun.fixture("sd.ts17.onnx"),
                        "--inputs",
                        inputs,
                        "--count",
                        2,
                        "--guidance",
                        3,
                        "--steps",
                        3,
                        "--interval",
                        3);
        assertEquals("fcc", kinds(facts));
        assertArrayEquals(new long[] {2, 4, 16, 16}, samples().shape());
    }

    @Test
    void progressGoesToStandardError() {
        CommandRun run =
                CommandRun.of(
                                "sample",
                                TINY,
                                "--class",
                                1,
                                "--count",
                                1,
                                "--steps",
                                10,
                                "--latents",
                                folder.resolve("a.npz"))
                        .expect(0);
        assertTrue(run.err().contains("sampling: 10 % (step 1 of 10)"), run::err);
        assertFalse(run.out().contains("%"), run::out);
        assertTrue(run.out().contains("wrote " + folder.resolve("a.npz")), run::out);
    }
}
