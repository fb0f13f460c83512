// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An imported graph has at most a tenth more operations than onnxsim leaves operators in the file;
 * {@code fixtures/onnxsim_counts.py} counts the latter.
 */
class OperatorCountTest {

    private static final Path FIXTURES = Path.of("src/test/fixtures");
    private static final Path MNIST = Path.of("../examples/models/mnist-unet/unet");

    private static final Properties COUNTS = new Properties();

    @BeforeAll
    static void read() throws IOException {
        try (var reader = Files.newBufferedReader(FIXTURES.resolve("onnxsim_counts.properties"))) {
            COUNTS.load(reader);
        }
    }

    @TestFactory
    Stream<DynamicTest> atMostATenthMoreThanOnnxsim() {
        return new TreeSet<>(COUNTS.stringPropertyNames())
                .stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
    }

    @Test
    void everyFixtureIsCounted() throws IOException {
        try (var files = Files.list(FIXTURES.resolve("unets"))) {
            Set<String> names =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".onnx"))
                            // NETWORK.EXPORT.VARIANT.onnx: some are onnxsim's own output
                            .filter(name -> name.split("\\.").length == 3)
                            .collect(Collectors.toCollection(TreeSet::new));
            names.add("mnist-unet");
            assertEquals(names, new TreeSet<>(COUNTS.stringPropertyNames()));
        }
    }

    private static void check(String name) throws IOException {
        boolean mnist = name.equals("mnist-unet");
        Path model = mnist ? MNIST.resolve("model.onnx") : FIXTURES.resolve("unets").resolve(name);
        Path recorded =
                mnist
                        ? MNIST.resolve("golden.npz")
                        : model.resolveSibling(name.substring(0, name.indexOf('.')) + ".npz");
        int count =
                new OnnxImporter(OnnxOpRegistry.standard())
                        .read(model, sizes(model, recorded))
                        .sameDiff()
                        .getOps()
                        .size();
        int onnxsim = Integer.parseInt(COUNTS.getProperty(name));
        int limit = onnxsim * 11 / 10;
        String message =
                name + ": " + count + " operations, limit " + limit + ", onnxsim " + onnxsim;
        System.out.println(message);
        assertTrue(count <= limit, message);
    }

    /** The sizes that onnxsim was given. */
    private static ImportOptions sizes(Path model, Path recorded) throws IOException {
        if (Files.notExists(recorded)) {
            return ImportOptions.none().withShape("sample", 1, 3, 32, 32).withShape("timestep", 1);
        }
        Map<String, INDArray> arrays = NpzFile.read(recorded);
        ImportOptions options = ImportOptions.none();
        for (var input : OnnxImporter.inputs(model)) {
            if (!input.sizes().isEmpty()) {
                options = options.withShape(input.name(), arrays.get(input.name()).shape());
            }
        }
        return options;
    }
}
