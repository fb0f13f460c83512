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
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

    @Test
    void picturesAndPage(@TempDir Path folder) throws IOException {
        Path out = folder.resolve("demo");
        JsonNode facts = CommandRun.json(0, folder, "demo", "--steps", 2, "--out", out);
        List<Path> pictures =
                Stream.of("interval-10.png", "interval-2.png", "interval-3.png", "interval-5.png")
                        .map(Path::of)
                        .toList();
        List<Path> files = CommandRun.files(out);
        assertTrue(files.containsAll(pictures), files::toString);
        assertEquals(6, files.size(), files::toString);
        assertEquals(10 * 98 - 2, ImageIO.read(out.resolve("uncached.png").toFile()).getWidth());
        assertEquals(5, facts.get("runs").size());
        assertTrue(facts.get("runs").get(0).get("psnr").isNull());
        assertTrue(facts.get("runs").get(1).get("psnr").asDouble() > 10);
        String page = Files.readString(out.resolve("index.html"));
        assertEquals(5 * 10, page.split("<img ", -1).length - 1);
        assertEquals(5 * 10, page.split("data:image/png;base64,", -1).length - 1);
        assertTrue(page.contains("image-rendering: pixelated"));
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertFalse(page.contains("http"), "nothing is loaded from elsewhere");
    }
}
