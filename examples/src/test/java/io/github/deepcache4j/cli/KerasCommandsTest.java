// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.npz.NpzFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The commands on files of Keras and SameDiff; channels are last in the former. */
class KerasCommandsTest {

    @TempDir Path folder;

    private static Path fixture(String name) {
        return Path.of(System.getProperty("deepcache.fixtures"), "keras", name);
    }

    @ParameterizedTest
    @CsvSource({"segmentation.keras, 3", "latent.keras, 6"})
    void inspectNeedsNoTimestep(String file, int branches) throws IOException {
        JsonNode facts = CommandRun.json(0, folder, "inspect", fixture(file));
        assertEquals(branches, facts.get("branches").size());
    }

    @ParameterizedTest
    @CsvSource({"ddpm.keras, 6", "segmentation.h5, 3"})
    void verifyAgainstTheNumbersOfKeras(String file, int branches) throws IOException {
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "verify",
                        fixture(file),
                        "--golden",
                        fixture(file.replaceAll("\\..*", ".npz")));
        assertTrue(facts.get("maxRel").asDouble() <= 1e-4, facts::toString);
        assertEquals(branches, facts.get("branches").size());
    }

    @Test
    void verifyAsksForNumbers() {
        CommandRun run = CommandRun.of("verify", fixture("segmentation.keras")).expect(2);
        assertTrue(run.err().contains("--golden"), run.err());
    }

    @Test
    void sampleKeepsTheModelsLayoutAndDrawsPictures() throws IOException {
        Path picture = folder.resolve("grid.png");
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "sample",
                        fixture("ddpm.keras"),
                        "--steps",
                        4,
                        "--interval",
                        2,
                        "--branch",
                        1,
                        "--count",
                        4,
                        "--port",
                        "sample=image",
                        "--out",
                        picture);
        assertEquals(4, facts.get("steps").size());
        INDArray samples = NpzFile.read(Path.of(facts.get("samples").asText())).get("samples");
        assertArrayEquals(new long[] {4, 16, 16, 3}, samples.shape());
        BufferedImage drawn = ImageIO.read(picture.toFile());
        int zoom = 96 / 16;
        assertEquals(2 * 16 * zoom + 2, drawn.getWidth());
        for (int channel = 0; channel < 3; channel++) {
            double value = Math.max(-1, Math.min(1, samples.getDouble(0, 5, 7, channel)));
            int level = drawn.getRGB(7 * zoom, 5 * zoom) >> (16 - 8 * channel) & 255;
            assertEquals(Math.round(255 * (value + 1) / 2), level, 1.0);
        }
    }

    /** Keras' DDIM example is told variances, which no scheduler knows of. */
    @Test
    void aModelThatMayWantVariancesIsWarnedOf() {
        CommandRun run =
                CommandRun.of(
                        "sample",
                        fixture("ddim.h5"),
                        "--steps",
                        2,
                        "--count",
                        1,
                        "--out",
                        folder.resolve("warned.png"));
        run.expect(0);
        assertTrue(run.err().contains("is given timesteps, such as 981"), run.err());
    }

    /** What transform has written is a SameDiff file. */
    @Test
    void aSameDiffFileIsTakenAsItIs() throws IOException {
        CommandRun.of("transform", fixture("ddpm.keras"), "--branch", 1, "--out", folder).expect(0);
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "inspect",
                        folder.resolve("full.fb"),
                        "--port",
                        "output=conv2d_114");
        assertEquals(6, facts.get("branches").size());
    }
}
