// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VerifyCommandTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    @TempDir Path folder;

    private static void assertPasses(JsonNode facts, int branches) {
        assertTrue(
                CommandRun.names(facts)
                        .containsAll(
                                List.of("maxAbs", "maxRel", "fullMaxAbs", "branches", "pass")));
        assertTrue(facts.get("pass").isBoolean() && facts.get("pass").asBoolean());
        assertTrue(facts.get("maxAbs").asDouble() <= 1e-4, facts::toString);
        assertTrue(facts.get("fullMaxAbs").asDouble() <= 1e-5, facts::toString);
        assertEquals(branches, facts.get("branches").size());
        for (int branch = 0; branch < branches; branch++) {
            JsonNode one = facts.get("branches").get(branch);
            assertEquals(List.of("id", "maxAbs"), CommandRun.names(one));
            assertEquals(branch, one.get("id").asInt());
            assertTrue(one.get("maxAbs").asDouble() <= 1e-5, facts::toString);
        }
    }

    @ParameterizedTest
    @CsvSource({"ddpm.ts14, 9", "sd.ts17, 12", "adm.dynamo18, 6"})
    void exportedNetsAgainstTheirGoldenValues(String export, int branches) throws IOException {
        assertPassesGolden(export, branches);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({"sd.dynamo18, 12", "sdxl.ts17, 9", "sdxl.dynamo18, 9", "sdcontrol.ts17, 12"})
    void largerNetsAgainstTheirGoldenValues(String export, int branches) throws IOException {
        assertPassesGolden(export, branches);
    }

    private void assertPassesGolden(String export, int branches) throws IOException {
        Path values = CommandRun.fixture(export.replaceFirst("\\..*", ".npz"));
        Path model = CommandRun.fixture(export + ".onnx");
        assertPasses(CommandRun.json(0, folder, "verify", model, "--golden", values), branches);
    }

    @Test
    void exportedNetAgainstOnnxRuntime() throws IOException {
        assertPasses(CommandRun.json(0, folder, "verify", CommandRun.fixture("adm.ts17.onnx")), 6);
    }

    @Test
    void pipelineFolderAgainstOnnxRuntime() throws IOException {
        assertPasses(CommandRun.json(0, folder, "verify", CommandRun.digits()), 9);
    }

    @Test
    void openSizesFromTheGoldenValues() throws IOException {
        Path values = CommandRun.model("tiny.npz");
        Path model = CommandRun.model("dynamic.onnx");
        assertPasses(CommandRun.json(0, folder, "verify", model, "--golden", values), 2);
        Map<String, INDArray> arrays = new LinkedHashMap<>(NpzFile.read(values));
        arrays.put("output", arrays.remove("out_sample"));
        Path renamed = folder.resolve("renamed.npz");
        NpzFile.write(renamed, arrays);
        assertPasses(CommandRun.json(0, folder, "verify", TINY, "--golden", renamed), 2);
    }

    @Test
    void doctoredGoldenValuesAreOutOfTolerance() throws IOException {
        Map<String, INDArray> arrays =
                new LinkedHashMap<>(NpzFile.read(CommandRun.model("tiny.npz")));
        INDArray output = arrays.get("out_sample");
        output.putScalar(5, output.getDouble(5) + 0.5);
        Path doctored = folder.resolve("doctored.npz");
        NpzFile.write(doctored, arrays);
        JsonNode facts = CommandRun.json(1, folder, "verify", TINY, "--golden", doctored);
        assertFalse(facts.get("pass").asBoolean());
        assertEquals(0.5, facts.get("maxAbs").asDouble(), 1e-3);
        assertEquals(2, facts.get("branches").size());
        CommandRun.of("verify", TINY, "--golden", doctored, "--tolerance", 10).expect(0);
        output.putScalar(5, Double.NaN);
        NpzFile.write(doctored, arrays);
        CommandRun run = CommandRun.of("verify", TINY, "--golden", doctored, "--tolerance", 10);
        assertTrue(run.expect(1).out().contains("FAIL"), run::out);
    }

    @Test
    void withoutBranchesParityAlone() throws IOException {
        assertPasses(CommandRun.json(0, folder, "verify", CommandRun.model("plain.onnx")), 0);
        Path classifier = CommandRun.digits().resolve("classifier/model.onnx");
        assertPasses(CommandRun.json(0, folder, "verify", classifier), 0);
    }

    @Test
    void notANumberOnBothSidesIsNoPass() throws IOException {
        // every output of both is NaN, so nothing was compared
        JsonNode facts = CommandRun.json(1, folder, "verify", CommandRun.model("infinite.onnx"));
        assertFalse(facts.get("pass").asBoolean());
    }

    @Test
    void traceOfAGoodModelFindsNothing() throws IOException {
        CommandRun run = CommandRun.of("verify", TINY, "--trace").expect(0);
        assertTrue(run.out().contains("no tensor differs"), run::out);
        JsonNode facts = CommandRun.json(0, folder, "verify", TINY, "--trace");
        assertTrue(facts.get("trace").isNull(), facts::toString);
        assertFalse(CommandRun.json(0, folder, "verify", TINY).has("trace"));
    }

    @Test
    void traceNamesTensorAndNode() throws IOException {
        // rounding alone is more than no error at all, also beside golden values
        JsonNode facts =
                CommandRun.json(
                        1,
                        folder,
                        "verify",
                        TINY,
                        "--trace",
                        "--golden",
                        CommandRun.model("tiny.npz"),
                        "--tolerance",
                        0);
        JsonNode trace = facts.get("trace");
        assertEquals(
                List.of("tensor", "node", "op", "shape", "maxAbs", "maxRel"),
                CommandRun.names(trace));
        assertTrue(trace.get("maxRel").asDouble() > 0 && trace.get("maxRel").asDouble() < 1e-4);
    }

    @Test
    void seedsAndThreads() {
        CommandRun.of("verify", TINY, "--seed", 3, "--threads", 1).expect(0);
        CommandRun.of("--threads", Nd4j.getEnvironment().maxThreads(), "verify", TINY).expect(0);
    }
}
