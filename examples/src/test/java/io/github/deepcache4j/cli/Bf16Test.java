// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.metrics.Psnr;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What half the bits cost on the trained model of digits. */
class Bf16Test {

    @TempDir Path folder;

    @BeforeEach
    void bf16RunsHere() {
        assumeTrue(
                Engines.all().stream()
                        .anyMatch(engine -> engine.unavailable(Precision.BF16).isEmpty()));
    }

    /** Against ONNX Runtime in f32. */
    @Test
    void aStepIsRightToOneAndAHalfPerCent() throws IOException {
        JsonNode facts =
                CommandRun.json(
                        0,
                        folder,
                        "verify",
                        CommandRun.digits(),
                        "--engine",
                        "onednn",
                        "--precision",
                        "bf16");
        double error = facts.get("relativeRms").asDouble();
        assertTrue(error > 0 && error <= 0.015, "relative RMS error " + error);
    }

    @Test
    void imagesAreThoseOfF32() throws IOException {
        double psnr = Psnr.ofImages(digits("bf16"), digits("f32"));
        assertTrue(psnr >= 30 && Double.isFinite(psnr), psnr + " dB");
    }

    private INDArray digits(String precision) throws IOException {
        Path latents = folder.resolve(precision + ".npz");
        CommandRun.of(
                        "sample",
                        CommandRun.digits(),
                        "--engine",
                        "onednn",
                        "--precision",
                        precision,
                        "--steps",
                        20,
                        "--count",
                        4,
                        "--class",
                        "3,5,7,9",
                        "--latents",
                        latents)
                .expect(0);
        return Objects.requireNonNull(NpzFile.read(latents).get("samples"));
    }
}
