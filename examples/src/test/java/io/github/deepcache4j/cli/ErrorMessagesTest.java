// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever goes wrong is one line, exit status 2, and no file. */
class ErrorMessagesTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    @TempDir Path folder;

    /** Notes about assumptions may come before the error. */
    private static String error(Object... arguments) {
        CommandRun run = CommandRun.of(arguments);
        List<String> lines =
                run.err()
                        .lines()
                        .filter(line -> !line.matches("note: .*|[a-z]+: [0-9]+ % .*"))
                        .toList();
        assertAll(
                () -> assertEquals(2, run.status(), run::toString),
                () -> assertEquals("", run.out()),
                () -> assertEquals(1, lines.size(), run::err),
                () -> assertTrue(lines.get(0).startsWith("deepcache: "), run::err));
        return lines.get(0).substring("deepcache: ".length());
    }

    /** The same for a run that would write into {@link #folder}; nothing may appear there. */
    private String sampling(Path model, Object... more) throws IOException {
        List<Path> before = CommandRun.files(folder);
        List<Object> all = new ArrayList<>(List.of("sample", model));
        all.addAll(List.of("--out", folder.resolve("a.png")));
        all.addAll(Arrays.asList(more));
        if (!all.contains("--steps")) {
            all.addAll(List.of("--steps", 3));
        }
        if (!all.contains("--count")) {
            all.addAll(List.of("--count", 2));
        }
        String error = error(all.toArray());
        assertEquals(before, CommandRun.files(folder));
        return error;
    }

    private static void assertSays(String error, String... parts) {
        for (String part : parts) {
            assertTrue(error.contains(part), () -> "'" + part + "' is not in: " + error);
        }
    }

    @Test
    void truncatedModel() throws IOException {
        byte[] bytes = Files.readAllBytes(TINY);
        Path model =
                Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(bytes, bytes.length / 2));
        assertSays(error("inspect", model), "cut.onnx");
        assertSays(error("verify", model), "cut.onnx");
        assertSays(sampling(model), "cut.onnx");
        assertSays(error("transform", model, "--out", folder.resolve("new")), "cut.onnx");
        assertEquals(List.of(Path.of("cut.onnx")), CommandRun.files(folder));
    }

    @Test
    void textFileNamedOnnx() throws IOException {
        Path model = Files.writeString(folder.resolve("notes.onnx"), "buy milk\n".repeat(50));
        assertSays(error("inspect", model), "notes.onnx");
        assertSays(error("inspect", Files.createFile(folder.resolve("empty.onnx"))), "empty.onnx");
    }

    @Test
    void missingModel() throws IOException {
        assertSays(error("inspect", folder.resolve("none.onnx")), "none.onnx", "no such file");
        assertSays(error("inspect", folder), "holds no unet/model.onnx");
        assertSays(sampling(folder.resolve("none.onnx")), "no such file");
        assertSays(error("inspect"), "MODEL");
    }

    @ParameterizedTest
    @CsvSource({
        "net.keras, is not a .keras file",
        "net.h5, is not HDF5",
        "net.fb, is not a SameDiff file",
        "net.zip, is not a zip file",
        "net.txt, is not a model file"
    })
    void otherKindsOfFiles(String name, String says) throws IOException {
        Path model = Files.writeString(folder.resolve(name), "x");
        assertSays(error("inspect", model), name, says);
    }

    @Test
    void missingShape() throws IOException {
        Path model = CommandRun.model("dynamic.onnx");
        assertSays(
                error("inspect", model), "sample", "[batch, 1, height, width]", "--shape sample=");
        assertSays(sampling(model, "--class", 1), "--shape sample=");
        assertSays(error("inspect", model, "--shape", "sample=1x1xWx8"), "1x1xWx8", "not a shape");
        assertSays(error("inspect", TINY, "--shape", "picture=1x1x8x8"), "picture");
        assertSays(error("inspect", TINY, "--shape", "sample=1x3x8x8"), "sample", "1x3x8x8");
    }

    @Test
    void unknownPort() {
        assertSays(
                error("transform", TINY, "--port", "sample=x", "--out", folder), "input named x");
        assertSays(error("inspect", TINY, "--port", "picture=sample"), "'picture' is not a role");
    }

    @Test
    void unknownBranch() throws IOException {
        Path out = folder.resolve("new");
        assertSays(
                error("transform", TINY, "--branch", 9, "--out", out),
                "There is no branch 9",
                "2 branches, 0 (outermost) to 1");
        assertSays(sampling(TINY, "--class", 1, "--branch", 2), "There is no branch 2");
        assertSays(sampling(TINY, "--class", 1, "--max-share", 0.2), "branch 0 with 41.7 %");
        assertSays(sampling(TINY, "--class", 1, "--max-share", 20), "between 0 and 1");
        assertSays(
                sampling(TINY, "--class", 1, "--branch", 0, "--max-share", 0.5),
                "give one of them");
        assertSays(
                error("transform", CommandRun.model("plain.onnx"), "--out", out), "cannot cache");
        assertEquals(List.of(), CommandRun.files(folder));
    }

    @Test
    void comparisons() throws IOException {
        Path out = folder.resolve("new");
        assertSays(compare(out, "--intervals", "2,0"), "--intervals 0");
        assertSays(compare(out, "--intervals", "2,x"), "'x'");
        assertSays(compare(out, "--branches", "0,7"), "There is no branch 7");
        assertSays(compare(out, "--samplers", "ddim:ten"), "ddim:ten", "dpm++:25");
        assertSays(compare(out, "--samplers", "best"), "no sampler best", "ddim");
        assertSays(compare(out, "--classifier", folder.resolve("none")), "--classifier", "none");
        assertSays(compare(out, "--policies", "newton2,guess"), "--policies", "guess", "newton1");
        assertSays(compare(out, "--policies", "N5b9.newton2"), "There is no branch 9");
        // a classifier of other images, and a file that is none
        Path digits = CommandRun.digits().resolve("classifier");
        assertSays(compare(out, "--classifier", digits), "1x32x32", "1x8x8");
        assertSays(compare(out, "--classifier", TINY), "one input", "timestep");
        assertEquals(List.of(), CommandRun.files(folder));
    }

    private static String compare(Path out, Object option, Object value) {
        return error(
                "compare", TINY, "--class", 1, "--count", 2, "--steps", 3, "--out", out, option,
                value);
    }

    @Test
    void unwritableFolder() throws IOException {
        // below a regular file nobody can write, not even root
        Path below = Files.writeString(folder.resolve("file"), "x").resolve("below");
        assertSays(error("transform", TINY, "--out", below), "--out", "is not a folder");
        assertSays(error("demo", "--out", below), "--out", "is not a folder");
        assertSays(error("inspect", TINY, "--svg", below.resolve("a.svg")), "--svg");
        assertSays(error("inspect", TINY, "--json", below.resolve("a.json")), "--json");
        assertSays(
                error("sample", TINY, "--class", 1, "--out", below.resolve("a.png")),
                "--out",
                "file");
        assertSays(error("sample", TINY, "--class", 1, "--out", folder), "is a folder");
        assertEquals(List.of(Path.of("file")), CommandRun.files(folder));
        assertEquals("x", Files.readString(folder.resolve("file")));
    }

    @Test
    void nowhereToPutSamples() {
        assertSays(error("sample", TINY, "--class", 1), "give --out");
    }

    @Test
    void infiniteWeightNamesStepAndTensor() throws IOException {
        Path model = CommandRun.model("infinite.onnx");
        Files.writeString(folder.resolve("a.png"), "the picture of an earlier run");
        assertSays(sampling(model, "--class", 1), "step 1 of 3", "weight mid.weight");
        assertSays(sampling(model, "--class", 1, "--uncached"), "step 1 of 3", "weight mid.weight");
        assertEquals("the picture of an earlier run", Files.readString(folder.resolve("a.png")));
    }

    @Test
    void classLabels() throws IOException {
        assertSays(sampling(TINY, "--class", 5), "--class 5", "0 to 4");
        assertSays(sampling(TINY, "--class", -1), "--class -1");
        assertSays(sampling(TINY, "--class", "seven"), "--class", "seven");
        assertSays(sampling(TINY), "class_labels", "--class K");
        assertSays(sampling(CommandRun.model("plain.onnx"), "--class", 1, "--uncached"), "--class");
        assertSays(sampling(TINY, "--guidance", 2, "--inputs", labels(1)), "uncond_NAME");
        assertSays(sampling(TINY, "--inputs", labels(7)), "class_labels holds 7", "0 to 4");
    }

    private Path labels(long label) throws IOException {
        Path file = folder.resolve("labels" + label + ".npz");
        NpzFile.write(file, Map.of("class_labels", Nd4j.createFromArray(label)));
        return file;
    }

    @Test
    void inputsFile() throws IOException {
        assertSays(sampling(TINY, "--inputs", folder.resolve("none.npz")), "none.npz");
        Path text = Files.writeString(folder.resolve("text.npz"), "x");
        assertSays(sampling(TINY, "--inputs", text), "text.npz");
        Path three = folder.resolve("three.npz");
        NpzFile.write(three, Map.of("class_labels", Nd4j.createFromArray(1L, 2L, 3L)));
        assertSays(sampling(TINY, "--inputs", three), "class_labels", "3 rows");
    }

    @Test
    void golden() throws IOException {
        assertSays(error("verify", TINY, "--golden", folder.resolve("none.npz")), "none.npz");
        Path file = folder.resolve("other.npz");
        NpzFile.write(file, Map.of("picture", Nd4j.ones(1)));
        assertSays(error("verify", TINY, "--golden", file), "there is no array sample");
        Map<String, org.nd4j.linalg.api.ndarray.INDArray> values =
                new java.util.LinkedHashMap<>(NpzFile.read(CommandRun.model("tiny.npz")));
        values.put("class_labels", Nd4j.createFromArray(1L, 5L));
        NpzFile.write(file, values);
        assertSays(error("verify", TINY, "--golden", file), "class_labels holds 5", "0 to 4");
    }

    @Test
    void schedules() throws IOException {
        for (String schedule : List.of("sometimes", "quad:x:1", "quad:1", "0,x", "")) {
            assertSays(sampling(TINY, "--class", 1, "--schedule", schedule), "'" + schedule + "'");
        }
        assertSays(sampling(TINY, "--class", 1, "--schedule", "1,2"), "[1, 2]", "start with 0");
        assertSays(sampling(TINY, "--class", 1, "--schedule", "0,9"), "step 9 is not reached");
        assertSays(sampling(TINY, "--class", 1, "--interval", 0), "--interval 0");
    }

    @Test
    void numbers() throws IOException {
        assertSays(sampling(TINY, "--steps", 0), "--steps 0");
        assertSays(sampling(TINY, "--steps", 5000, "--class", 1), "5000");
        assertSays(sampling(TINY, "--steps", "many"), "--steps", "many");
        assertSays(sampling(TINY, "--count", -1), "--count -1");
        assertSays(sampling(TINY, "--guidance", "NaN"), "--guidance");
        assertSays(sampling(TINY, "--sampler", "dpm2m"), "no sampler dpm2m");
        assertSays(sampling(TINY, "--threads", 0), "--threads 0");
        assertSays(error("verify", TINY, "--tolerance", -1), "--tolerance");
        assertSays(error("demo", "--steps", 0, "--out", folder), "--steps 0");
        assertSays(error("demo", "--branch", 99, "--out", folder), "branch 99");
    }

    @Test
    void enginesAndPrecisions() throws IOException {
        assertSays(
                sampling(TINY, "--class", 1, "--engine", "samediff", "--precision", "bf16"),
                "samediff",
                "bf16",
                "onednn");
        assertSays(error("verify", TINY, "--precision", "f16"), "no precision f16", "bf16");
        assertSays(error("verify", TINY, "--engine", "abacus"), "no engine abacus", "samediff");
    }

    @Test
    void unknownWords() throws IOException {
        assertSays(error(), "no command given", "demo, inspect");
        assertSays(error("paint"), "paint");
        assertSays(error("inspect", TINY, "--colour"), "--colour");
        assertSays(error("inspect", TINY, "--svg"), "--svg");
        assertSays(sampling(TINY, "--policy", "policy.json"), "--policy");
    }
}
