// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.importer.dl4j.Dl4jImporter;
import io.github.deepcache4j.policy.Policy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every example runs, from the files that a clone has. */
class ExamplesTest {

    private static final Path MODELS = Path.of(System.getProperty("deepcache.models"));
    private static final Path ROOT = MODELS.resolve("../..").normalize();
    private static final String DIGITS = MODELS.resolve("mnist-unet").toString();

    private static final Path SOURCES = Path.of("src/main/java/io/github/deepcache4j/examples");
    private static final Path TESTS = Path.of("src/test/java/io/github/deepcache4j/examples");

    @TempDir Path folder;

    @FunctionalInterface
    private interface Example {
        void main(String... arguments) throws Exception;
    }

    private static List<String> lines(Example example, Object... arguments) throws Exception {
        PrintStream usual = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example.main(Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    @Test
    void sampleFromOnnx() throws Exception {
        Path picture = folder.resolve("digits.png");
        assertEquals(
                "cut at branch 1, wrote " + picture,
                last(lines(SampleFromOnnx::main, DIGITS, picture, 6)));
        BufferedImage image = Objects.requireNonNull(ImageIO.read(picture.toFile()));
        // four of 32 x 32 at three times their size, 2 pixels between
        assertEquals(4 * 96 + 3 * 2, image.getWidth());
        assertEquals(96, image.getHeight());
    }

    @Test
    void sampleFromKeras() throws Exception {
        Path picture = folder.resolve("keras.png");
        Path model = ROOT.resolve("model-import/src/test/fixtures/keras/ddpm.keras");
        lines(SampleFromKeras::main, model, picture);
        assertEquals(96, Objects.requireNonNull(ImageIO.read(picture.toFile())).getWidth());
    }

    @Test
    void gateOwnGraph() throws Exception {
        assertEquals("20 full calls, 80 cached ones", last(lines(GateOwnGraph::main)));
    }

    @Test
    void cacheDl4jNetwork() throws Exception {
        Path zip = folder.resolve("unet.zip");
        assertEquals("images of shape [1, 1, 16, 16]", last(lines(CacheDl4jNetwork::main, zip)));
        assertTrue(Files.size(zip) > 0);
    }

    /** What the example converts answers as the network does. */
    @Test
    void theDl4jNetworkIsConvertedExactly() {
        ComputationGraph network = CacheDl4jNetwork.network();
        var unet =
                UNetImporter.load(
                        Dl4jImporter.of(network),
                        ImportOptions.none()
                                .withShape("image", 1, 1, 16, 16)
                                .withShape("t", 1, 1)
                                .withPort("timestep", "t"));
        INDArray image = Nd4j.linspace(-1, 1, 256).castTo(Nd4j.dataType()).reshape(1, 1, 16, 16);
        INDArray t = Nd4j.createFromArray(0.5f).reshape(1, 1);
        String output = unet.ports().output().name();
        INDArray converted =
                unet.sameDiff()
                        .output(java.util.Map.of("image", image, "t", t), output)
                        .get(output);
        INDArray expected = network.outputSingle(image, t);
        assertTrue(expected.distance2(converted) < 1e-5 * expected.norm2Number().doubleValue());
    }

    @Test
    void ownSchedule() throws Exception {
        assertEquals("FcFcFcFccccFccccFccc", last(lines(OwnSchedule::main, DIGITS)));
    }

    /** Numbers of the definition of Shrink in ONNX's Operators.md. */
    @Test
    void ownOperator() throws Exception {
        Path model = ROOT.resolve("model-import/src/test/resources/documentation/shrink.onnx");
        assertEquals(
                "[-1.0000,0,0,0,1.0000]",
                last(lines(OwnOperator::main, model)).replaceAll("\\s", ""));
    }

    @Test
    void calibratedPolicy() throws Exception {
        List<String> lines = lines(CalibratedPolicy::main, DIGITS, 5);
        List<String> tags =
                lines.stream()
                        .filter(line -> line.startsWith("fitted: "))
                        .map(line -> line.substring("fitted: ".length()))
                        .toList();
        assertEquals(1, tags.size());
        assertFalse(Policy.parse(tags.get(0)).needsCalibration(), tags.get(0));
        assertEquals("images of shape [2, 1, 32, 32]", last(lines));
    }

    @Test
    void trainAndSample() throws Exception {
        Path picture = folder.resolve("trained.png");
        Path digits = MODELS.resolve("mnist/digits.npz");
        List<String> lines = lines(TrainAndSample::main, digits, 3, 2, picture);
        assertTrue(lines.contains("trained 3 steps"), lines::toString);
        assertEquals(
                4 * 96 + 3 * 2, Objects.requireNonNull(ImageIO.read(picture.toFile())).getWidth());
    }

    /** Here, or in a test of its own. */
    @Test
    void everyExampleIsRun() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            List<String> examples =
                    files.map(file -> file.getFileName().toString().replace(".java", ""))
                            .filter(name -> !name.equals("package-info"))
                            .filter(name -> !Files.exists(TESTS.resolve(name + "Test.java")))
                            .sorted()
                            .toList();
            List<String> tested =
                    Stream.of(ExamplesTest.class.getDeclaredMethods())
                            .map(method -> method.getName())
                            .map(name -> Character.toUpperCase(name.charAt(0)) + name.substring(1))
                            .filter(examples::contains)
                            .sorted()
                            .collect(Collectors.toList());
            assertEquals(examples, tested);
        }
    }
}
