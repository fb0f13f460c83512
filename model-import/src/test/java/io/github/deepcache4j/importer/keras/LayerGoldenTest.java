// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every layer and function with its options, against the numbers of Keras 2 and 3 that {@code
 * make_keras_layers.py} recorded.
 */
class LayerGoldenTest {

    private static final Path ZIP = Path.of("src/test/resources/keras/layers.zip");

    @TempDir static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        try (ZipFile zip = new ZipFile(ZIP.toFile())) {
            for (var entry : zip.stream().toList()) {
                try (InputStream bytes = zip.getInputStream(entry)) {
                    Files.copy(bytes, folder.resolve(entry.getName()));
                }
            }
        }
    }

    private static List<Path> models(boolean refused) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(keras|h5)"))
                    .filter(file -> file.toString().contains(".refused.") == refused)
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> equalsKeras() throws IOException {
        assertTrue(models(false).size() > 50);
        return models(false).stream()
                .map(
                        model ->
                                DynamicTest.dynamicTest(
                                        model.getFileName().toString(), () -> check(model)));
    }

    private static void check(Path model) throws IOException {
        String name = model.getFileName().toString();
        Map<String, INDArray> golden =
                NpzFile.read(folder.resolve(name.substring(0, name.indexOf('.')) + ".npz"));
        ModelSource source = new KerasImporter(KerasLayers.standard()).open(model);
        ImportOptions options = ImportOptions.none();
        for (var input : source.inputs()) {
            options = options.withShape(input.name(), golden.get(input.name()).shape());
        }
        ImportedGraph graph = source.at(options);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Port port : graph.inputs()) {
            inputs.put(port.name(), golden.get(port.name()).castTo(port.type()));
        }
        List<String> outputs = graph.outputs().stream().map(Port::name).toList();
        Map<String, INDArray> results =
                graph.sameDiff().output(inputs, outputs.toArray(String[]::new));
        List<String> faults = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            INDArray expected = golden.get("expected/" + i);
            INDArray actual = results.get(outputs.get(i));
            String fault = fault(actual, expected);
            if (!fault.isEmpty()) {
                faults.add(i + " (" + outputs.get(i) + ") " + fault);
            }
        }
        assertEquals(List.of(), faults);
        assertFalse(golden.containsKey("expected/" + outputs.size()), "an output is missing");
    }

    /** What is wrong with a result; empty if nothing. */
    private static String fault(INDArray actual, INDArray expected) {
        if (!List.of(box(actual)).equals(List.of(box(expected)))) {
            return "is " + List.of(box(actual)) + " instead of " + List.of(box(expected));
        }
        double[] a = actual.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[] e = expected.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double largest = 1e-3;
        for (double value : e) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < e.length; i++) {
            if (!(Math.abs(a[i] - e[i]) <= 2e-5 * largest)) {
                return "[" + i + "] is " + a[i] + " instead of " + e[i];
            }
        }
        return "";
    }

    private static Object[] box(INDArray array) {
        List<Object> form = new ArrayList<>();
        for (long size : array.shape()) {
            form.add(size);
        }
        form.add(array.dataType().isFPType() ? "real" : "whole");
        return form.toArray();
    }

    @TestFactory
    Stream<DynamicTest> refused() throws IOException {
        assertTrue(models(true).size() > 5);
        return models(true).stream()
                .map(
                        model ->
                                DynamicTest.dynamicTest(
                                        model.getFileName().toString(), () -> isRefused(model)));
    }

    private static void isRefused(Path model) throws IOException {
        String name = model.getFileName().toString();
        String message =
                assertThrows(
                                ImportException.class,
                                () -> new KerasImporter(KerasLayers.standard()).open(model))
                        .getMessage();
        for (String says :
                Files.readAllLines(folder.resolve(name.replaceAll("\\..*", "") + ".txt"))) {
            assertTrue(message.contains(says), () -> message + " does not say " + says);
        }
        assertTrue(message.startsWith(name), message);
        assertFalse(message.contains("\n"), message);
    }

    /** No layer of this project is without a case; aliases and what has no numbers apart. */
    @Test
    void everyLayerHasACase() throws IOException {
        Set<String> untested = new TreeSet<>(KerasLayers.standard().names());
        for (Path model : models(false)) {
            try (KerasFile file = KerasFile.open(model)) {
                collect(file.network(), untested);
            }
        }
        untested.removeAll(
                Set.of(
                        "Convolution1D",
                        "Convolution2D",
                        "Convolution1DTranspose",
                        "Convolution2DTranspose",
                        "MaxPool1D",
                        "MaxPool2D",
                        "AvgPool1D",
                        "AvgPool2D",
                        "SyncBatchNormalization",
                        "GroupedQueryAttention",
                        "SpatialDropout3D",
                        "keras.ops>Abs",
                        "keras.ops>Amax",
                        "keras.ops>Amin",
                        "keras.ops>Swish",
                        "keras.ops>Copy",
                        "keras.ops>Identity"));
        assertEquals(Set.of(), untested);
    }

    private static void collect(NetworkConfig network, Set<String> untested) {
        for (LayerDefinition layer : network.layers()) {
            untested.remove(layer.key());
            layer.network().ifPresent(inner -> collect(inner, untested));
        }
    }
}
