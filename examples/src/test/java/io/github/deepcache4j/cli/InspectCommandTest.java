// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

class InspectCommandTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "ddpm.dynamo21.onnx, 9",
        "sd.ts17.onnx, 12",
        "sdxl.dynamo18.onnx, 9",
        "sdcontrol.ts17.onnx, 12",
        "adm.ts17.onnx, 6"
    })
    void branchesOfExportedNets(String file, int branches) throws IOException {
        JsonNode facts =
                file.startsWith("sd.")
                        ? CommandRun.json(
                                0,
                                folder,
                                "inspect",
                                CommandRun.fixture(file),
                                "--shape",
                                "sample=1x4x16x16",
                                "--shape",
                                "encoder_hidden_states=1x5x24")
                        : CommandRun.json(0, folder, "inspect", CommandRun.fixture(file));
        assertEquals(branches, facts.get("branches").size());
        long before = 0;
        for (JsonNode branch : facts.get("branches")) {
            assertTrue(branch.get("cachedMacs").asLong() > before, branch::toString);
            before = branch.get("cachedMacs").asLong();
        }
        assertTrue(before < facts.get("macs").asLong());
    }

    @Test
    void jsonAsTheContractSays() throws IOException {
        JsonNode facts = CommandRun.json(0, folder, "inspect", CommandRun.model("tiny.onnx"));
        assertTrue(
                CommandRun.names(facts)
                        .containsAll(
                                List.of(
                                        "inputs",
                                        "outputs",
                                        "nodes",
                                        "macs",
                                        "matmulMacs",
                                        "branches")));
        JsonNode input = facts.get("inputs").get(0);
        assertEquals(List.of("name", "type", "shape"), CommandRun.names(input));
        assertEquals("sample", input.get("name").asText());
        assertEquals("[1,1,8,8]", input.get("shape").toString());
        assertEquals("out_sample", facts.get("outputs").get(0).get("name").asText());
        assertTrue(facts.get("nodes").isIntegralNumber());
        // 3x3 weights: 1*4 at 64, 4*4 at 64, 4*4 and 4*4 at 16, 8*4 and 8*4 at 64, 4*1 at 64
        assertEquals(9 * (64 * (4 + 16 + 32 + 32 + 4) + 16 * 32), facts.get("macs").asLong());
        assertEquals(0, facts.get("matmulMacs").asLong());
        JsonNode branch = facts.get("branches").get(1);
        assertEquals(1, branch.get("id").asInt());
        assertEquals("merge1", branch.get("merge").asText());
        assertEquals("{\"name\":\"down_silu\",\"shape\":[1,4,8,8]}", branch.get("skip").toString());
        assertEquals(
                "{\"name\":\"upsample\",\"shape\":[1,4,8,8]}", branch.get("boundary").toString());
        long cached = 9 * 64 * (4 + 16 + 32 + 32 + 4);
        assertEquals(cached, branch.get("cachedMacs").asLong());
        assertEquals(
                (double) cached / facts.get("macs").asLong(),
                branch.get("share").asDouble(),
                1e-12);
    }

    @Test
    void tableSaysTheSame() {
        CommandRun run = CommandRun.of("inspect", CommandRun.model("tiny.onnx")).expect(0);
        assertEquals("", run.err());
        String row =
                run.out()
                        .lines()
                        .filter(line -> line.startsWith("     0"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(
                row.matches(".*merge0 +conv_in 1x4x8x8 +up1_silu 1x4x8x8 +23.04 k +41.7 %.*2\\.11"),
                row);
    }

    @Test
    void whatIsNoUNetIsAnAnswer() throws IOException {
        Path classifier = CommandRun.digits().resolve("classifier/model.onnx");
        for (Path model : List.of(CommandRun.model("plain.onnx"), classifier)) {
            JsonNode facts = CommandRun.json(1, folder, "inspect", model);
            assertEquals("[]", facts.get("branches").toString());
            assertFalse(facts.get("reasons").isEmpty());
        }
        CommandRun run = CommandRun.of("inspect", classifier).expect(1);
        assertTrue(run.out().contains("This is not a U-Net that can be cached:"), run::out);
        assertEquals("", run.err());
    }

    @Test
    void picture() throws Exception {
        Path svg = folder.resolve("anatomy.svg");
        CommandRun.of("inspect", CommandRun.digits(), "--svg", svg).expect(0);
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
        String text = document.getDocumentElement().getTextContent();
        for (String part :
                List.of(
                        "32×32",
                        "16×16",
                        "8×8",
                        "/unet/up_blocks.2/Concat_2_output_0",
                        "69.36 M",
                        "97.2 %")) {
            assertTrue(text.contains(part), part);
        }
        assertEquals(9, document.getElementsByTagName("circle").getLength());
        assertFalse(Files.readString(svg).contains("href"), "self-contained");
    }
}
