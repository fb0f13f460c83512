// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"tiny,sample=2x1x16x16", "tiny-text,encoder_hidden_states=1x5x12"})
    void aPresetNeedsNoFile(String preset, String shape) throws IOException {
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "bench",
                        "--preset",
                        preset,
                        "--shape",
                        shape,
                        "--engines",
                        "nd4j,samediff",
                        "--peer",
                        "none",
                        "--branch",
                        "1",
                        "--runs",
                        "1");
        assertEquals(4, facts.get("rows").size());
        facts.get("rows").forEach(row -> assertTrue(row.get("minMs").asDouble() > 0));
        assertTrue(facts.get("speedup").get("predicted").asDouble() > 1);
        assertTrue(facts.get("weightBytes").asLong() > 0);
    }

    @Test
    void onnxRuntimeIsLeftOutWithALine() {
        CommandRun run =
                CommandRun.of(
                                "bench",
                                "--preset",
                                "tiny",
                                "--engines",
                                "nd4j",
                                "--branch",
                                "1",
                                "--runs",
                                "1")
                        .expect(0);
        assertEquals(
                "left out: onnxruntime runs files only, and a preset has none",
                run.err().lines().filter(line -> line.startsWith("left out")).findFirst().get());
        assertFalse(run.out().contains("onnxruntime"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--preset none|--preset none: there is no preset none; take one of mnist-small,",
                "--peer none|give either a MODEL or --preset with one of mnist-small,",
                "model.onnx --preset tiny|give either a MODEL or --preset",
                "--preset tiny --port sample=x|--port is for files",
                "--preset tiny --shape x=1x2|--shape x: give sample or encoder_hidden_states alone",
                "--preset tiny --shape sample=1x3x8x8|--shape sample=1x3x8x8: the preset takes sizes"
                        + " like 1x1x16x16",
                "--preset tiny --shape sample=1x1x7x8|cannot be halved at each of 2 levels",
                "--preset tiny-text --shape sample=2x4x16x16 --shape"
                        + " encoder_hidden_states=1x5x12|sample has batch 2",
            })
    void wrongUseIsOneLine(String arguments, String message) {
        CommandRun run = CommandRun.of((Object[]) ("bench " + arguments).split(" ")).expect(2);
        assertTrue(run.err().contains(message), run.err());
        assertEquals(1, run.err().strip().lines().count(), run.err());
    }
}
