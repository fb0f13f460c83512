// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {

    @Test
    void saysWhatRuns(@TempDir Path folder) throws IOException {
        JsonNode facts = CommandRun.json(0, folder, "doctor");
        assertEquals("CpuBackend (CPU)", facts.get("backend").asText());
        assertTrue(facts.get("cores").asInt() >= 1);
        assertTrue(facts.get("threads").asInt() >= 1);
        assertTrue(facts.get("memoryMiB").asLong() > 0);
        assertTrue(facts.get("versions").get("nd4j").asText().matches("[0-9].*"), facts::toString);
        String out = CommandRun.of("doctor").expect(0).out();
        for (String line :
                List.of("backend", "nativeLibrary", "instructionSets", "threads", "memoryMiB")) {
            assertTrue(out.lines().anyMatch(each -> each.startsWith(line + " ")), line);
        }
    }
}
