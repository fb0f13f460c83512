// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.diffusers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ModelFolder;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.PredictionType;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A folder that diffusers saved, by make_pipeline.py. */
class DiffusersSourceGoldenTest {

    private static final Path PIPELINE = Path.of("src/test/resources/diffusers/pipeline");
    private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

    @TempDir private Path temporary;

    @Test
    void computesWhatDiffusersComputes() throws IOException {
        Map<String, INDArray> golden =
                NpzFile.read(Path.of("src/test/resources/diffusers/golden.npz"));
        UNet unet =
                UNetImporter.load(
                        PIPELINE,
                        ImportOptions.none()
                                .withShape("sample", 3, 1, 8, 8)
                                .withShape("timestep", 3)
                                .withShape("class_labels", 3));
        Map<String, INDArray> inputs =
                Map.of(
                        "sample", golden.get("sample"),
                        "timestep", golden.get("timestep").castTo(unet.ports().timestep().type()),
                        "class_labels", golden.get("class_labels"));
        String output = unet.ports().output().name();
        INDArray actual = unet.sameDiff().output(inputs, output).get(output);
        double error = actual.sub(golden.get("out_sample")).amaxNumber().doubleValue();
        assertTrue(error < 1e-5, "error " + error);
        NoiseSchedule schedule =
                NoiseSchedule.read(ModelFolder.locate(PIPELINE).schedulerConfig().orElseThrow());
        assertEquals(PredictionType.V_PREDICTION, schedule.predictionType());
    }

    @Test
    void leavesTheBatchOpen() {
        assertEquals(
                "[batch, 1, 8, 8]", String.valueOf(UNetImporter.inputs(PIPELINE).get(0).sizes()));
        assertEquals(1, UNetImporter.load(PIPELINE).ports().batch());
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        Path unet = Files.createDirectories(temporary.resolve("unet"));
        assertSays("holds no unet/model.onnx or unet/" + WEIGHTS);
        Files.copy(PIPELINE.resolve("unet").resolve(WEIGHTS), unet.resolve(WEIGHTS));
        assertSays("there is no config.json beside it");
        String config = Files.readString(PIPELINE.resolve("unet/config.json"));
        Files.writeString(
                unet.resolve("config.json"),
                config.replace("\"num_class_embeds\": 4", "\"num_class_embeds\": 5"));
        assertSays("class_embedding.weight has shape [4, 16]");
    }

    private void assertSays(String part) {
        String message =
                assertThrows(ImportException.class, () -> UNetImporter.load(temporary))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }
}
