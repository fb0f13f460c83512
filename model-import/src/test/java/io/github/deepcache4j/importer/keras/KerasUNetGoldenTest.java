// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** U-Nets of the families that Keras users have, against the numbers of Keras. */
class KerasUNetGoldenTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("deepcache.fixtures", "src/test/fixtures"), "keras");

    @TempDir static Path folder;

    /**
     * The custom class of make_keras_unets.py, with frequencies of its precision: the sine of 6283
     * times a number shows the last digit.
     */
    static List<KerasTensor> embedding(LayerCall call) {
        int half = (int) call.config().integer("half", 8);
        float[] frequencies = new float[half];
        float step = (float) Math.log(1000) / (half - 1);
        for (int i = 0; i < half; i++) {
            frequencies[i] =
                    call.kerasVersion() == 2
                            ? (float) (2 * Math.PI * Math.exp(i * Math.log(1000) / (half - 1)))
                            : (float) (2 * Math.PI) * (float) Math.exp(i * step);
        }
        KerasTensor waves = call.constant("frequencies", Nd4j.createFromArray(frequencies));
        KerasTensor angle = call.elementwise("Mul", call.input(), waves);
        return List.of(
                call.concatenate(
                        3,
                        List.of(call.elementwise("Sin", angle), call.elementwise("Cos", angle))));
    }

    private static ModelSource open(String file) {
        KerasLayers layers =
                KerasLayers.standard()
                        .with("fixtures>SinusoidalEmbedding", KerasUNetGoldenTest::embedding);
        return new KerasImporter(layers).open(file(file));
    }

    /** A fixture, unpacked if it is kept in a zip. */
    private static Path file(String name) {
        Path zip = FOLDER.resolve(name.replaceAll("\\..*", ".zip"));
        Path unpacked = folder.resolve(name);
        if (!Files.exists(zip) || Files.exists(unpacked)) {
            return Files.exists(zip) ? unpacked : FOLDER.resolve(name);
        }
        try (ZipFile file = new ZipFile(zip.toFile());
                InputStream bytes = file.getInputStream(file.getEntry(name))) {
            Files.copy(bytes, unpacked);
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ddim.h5",
                "ddim_custom.keras",
                "ddpm.keras",
                "latent.keras",
                "segmentation.keras",
                "segmentation.h5",
                "k2_segmentation.h5",
                "k2_ddim.h5",
                "k2_latent.h5"
            })
    void equalsKeras(String file) throws IOException {
        Map<String, INDArray> golden =
                NpzFile.read(FOLDER.resolve(file.replaceAll("\\..*", ".npz")));
        ModelSource source = open(file);
        ImportOptions options = ImportOptions.none();
        for (var input : source.inputs()) {
            options = options.withShape(input.name(), golden.get(input.name()).shape());
        }
        ImportedGraph graph = source.at(options);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        graph.inputs().forEach(port -> inputs.put(port.name(), golden.get(port.name())));
        String output = graph.outputs().get(0).name();
        ParityCheck check =
                ParityCheck.compare(
                        graph.sameDiff().output(inputs, output),
                        Map.of(output, golden.get("output")));
        assertTrue(check.within(1e-4), check.toString());
    }

    @Test
    void portsKeepTheModelsLayoutAndNames() {
        UNet unet = UNetImporter.load(FOLDER.resolve("ddpm.keras"), ImportOptions.none());
        assertEquals("image", unet.ports().sample().name());
        assertEquals(Shape.of(1, 16, 16, 3), unet.ports().sample().shape());
        assertEquals("time", unet.ports().timestep().name());
        assertEquals(Shape.of(1), unet.ports().timestep().shape());
        assertEquals("conv2d_114", unet.ports().output().name());
        assertEquals(Shape.of(1, 16, 16, 3), unet.ports().output().shape());
    }

    /** A noise level for each image with more axes of size 1, as the DDIM example has it. */
    @Test
    void aNoiseLevelIsTheTimestep() {
        UNet unet =
                UNetImporter.load(
                        FOLDER.resolve("ddim.h5"),
                        ImportOptions.none().withShape("noisy_images", 3, 32, 32, 3));
        assertEquals("noisy_images", unet.ports().sample().name());
        assertEquals("noise_variances", unet.ports().timestep().name());
        assertEquals(Shape.of(3, 1, 1, 1), unet.ports().timestep().shape());
    }

    @Test
    void importsOfSeveralSizesShareTheWeights() {
        ModelSource source = open("ddpm.keras");
        ImportedGraph one = source.at(ImportOptions.none());
        ImportedGraph two = source.at(ImportOptions.none().withShape("time", 4));
        assertEquals(Shape.of(4, 16, 16, 3), two.inputs().get(0).shape());
        assertNotSame(one.sameDiff(), two.sameDiff());
        String weights = "conv2d_81/kernel";
        assertSame(
                one.sameDiff().getVariable(weights).getArr(),
                two.sameDiff().getVariable(weights).getArr());
    }

    @Test
    void theFileIsNamed() {
        ImportedGraph graph = open("ddpm.keras").at(ImportOptions.none());
        assertEquals("ddpm.keras", graph.provenance().file());
        assertEquals("Keras archive", graph.provenance().format());
        assertEquals("Keras 3.15.1", graph.provenance().producer());
        assertEquals(64, graph.provenance().sha256().length());
        assertEquals(List.of("image", "time"), graph.inputs().stream().map(Port::name).toList());
    }
}
