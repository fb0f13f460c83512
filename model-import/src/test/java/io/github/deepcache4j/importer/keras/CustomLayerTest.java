// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The example of docs/keras.md: compiled, run, and the same text as in the page. */
class CustomLayerTest {

    private static final Path PAGE = Path.of("../docs/keras.md");
    private static final Path SOURCE =
            Path.of("src/test/java/io/github/deepcache4j/importer/keras/CustomLayerTest.java");
    private static final Path MODEL =
            Path.of(
                    System.getProperty("deepcache.fixtures", "src/test/fixtures"),
                    "keras",
                    "ddim_custom.keras");

    @Test
    void theExampleRuns() {
        UNet unet = example(MODEL);
        assertEquals("noise_variances", unet.ports().timestep().name());
    }

    private static UNet example(Path model) {
        // begin
        KerasLayerImporter embedding =
                call -> {
                    int half = (int) call.config().integer("half", 8);
                    float[] frequencies = new float[half];
                    for (int i = 0; i < half; i++) {
                        frequencies[i] = (float) (2 * Math.PI * Math.pow(1000, i / (half - 1.0)));
                    }
                    KerasTensor waves = call.constant("waves", Nd4j.createFromArray(frequencies));
                    KerasTensor angle = call.elementwise("Mul", call.input(), waves);
                    KerasTensor sines = call.elementwise("Sin", angle);
                    KerasTensor cosines = call.elementwise("Cos", angle);
                    return List.of(call.concatenate(3, List.of(sines, cosines)));
                };
        KerasLayers layers = KerasLayers.standard().with("fixtures>SinusoidalEmbedding", embedding);
        ModelSource source = new KerasImporter(layers).open(model);
        UNet unet = UNetImporter.load(source, ImportOptions.none());
        // end
        return unet;
    }

    @Test
    void thePageShowsTheExample() throws IOException {
        String shown = between(Files.readString(PAGE), "```java\n", "```");
        String example =
                between(Files.readString(SOURCE), "// begin\n", "        // end").stripTrailing();
        assertEquals(shown, example.stripIndent() + "\n");
    }

    @Test
    void thePageShowsTheMessage() throws IOException {
        ImportException refusal =
                assertThrows(
                        ImportException.class,
                        () -> UNetImporter.load(MODEL, ImportOptions.none()));
        String page = Files.readString(PAGE).replaceAll("\\s+", " ");
        assertTrue(page.contains(String.valueOf(refusal.getMessage())), refusal.getMessage());
    }

    /** Every layer and function is in the page's list. */
    @Test
    void thePageListsAllLayers() throws IOException {
        String page = Files.readString(PAGE);
        for (String name : KerasLayers.standard().names()) {
            String shown = name.replace(KerasLayers.OPERATIONS, "");
            assertTrue(page.contains("`" + shown + "`"), name + " is not in docs/keras.md");
        }
        for (String name : Activations.names()) {
            assertTrue(page.contains("`" + name + "`"), name + " is not in docs/keras.md");
        }
    }

    private static String between(String text, String begin, String end) {
        int start = text.indexOf(begin) + begin.length();
        return text.substring(start, text.indexOf(end, start));
    }
}
