// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The models and numbers that {@code operators/golden_zip.py} writes, unpacked. */
final class GoldenZip {

    private static final String EXPECTED = "expected/";

    private final Path folder;

    private GoldenZip(Path folder) {
        this.folder = folder;
    }

    /** Unpacks into a folder of the zip's name. */
    static GoldenZip unpack(String name, Path parent) throws IOException {
        Path folder = Files.createDirectories(parent.resolve(name));
        try (ZipFile zip = new ZipFile(Path.of("src/test/resources/operators", name).toFile())) {
            for (var entry : zip.stream().toList()) {
                try (var bytes = zip.getInputStream(entry)) {
                    Files.copy(bytes, folder.resolve(entry.getName()));
                }
            }
        }
        return new GoldenZip(folder);
    }

    /** Files with this ending, sorted; {@code .run.onnx} for one. */
    List<Path> files(String ending) throws IOException {
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    static ImportedGraph load(Path model) {
        return new OnnxImporter(OnnxOpRegistry.standard()).read(model, ImportOptions.none());
    }

    private Map<String, INDArray> arrays(Path model) {
        String name = model.getFileName().toString();
        try {
            return NpzFile.read(folder.resolve(name.substring(0, name.indexOf('.')) + ".npz"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The inputs of a model, by name. */
    Map<String, INDArray> inputs(Path model, ImportedGraph graph) {
        Map<String, INDArray> arrays = arrays(model);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Port port : graph.inputs()) {
            inputs.put(port.name(), arrays.get(port.name()));
        }
        return inputs;
    }

    /** What the outputs are wrong in, one line each; empty if they are as expected. */
    List<String> faults(Path model, Map<String, INDArray> actual) {
        List<String> faults = new ArrayList<>();
        arrays(model)
                .forEach(
                        (key, expected) -> {
                            if (key.startsWith(EXPECTED)) {
                                String name = key.substring(EXPECTED.length());
                                compare(name, actual.get(name), expected, faults);
                            }
                        });
        return faults;
    }

    private static void compare(
            String name, INDArray actual, INDArray expected, List<String> faults) {
        String form = expected.dataType() + " " + List.of(boxed(expected.shape()));
        String got = actual.dataType() + " " + List.of(boxed(actual.shape()));
        if (!form.equals(got)) {
            faults.add(name + " is " + got + " instead of " + form);
            return;
        }
        INDArray found = flat(actual);
        INDArray wanted = flat(expected);
        for (int i = 0; i < wanted.length(); i++) {
            if (!same(found, wanted, i)) {
                faults.add(
                        name
                                + "["
                                + i
                                + "] is "
                                + found.getDouble(i)
                                + " instead of "
                                + wanted.getDouble(i));
                return;
            }
        }
    }

    private static boolean same(INDArray found, INDArray wanted, int i) {
        if (wanted.dataType() == DataType.LONG) {
            return found.getLong(i) == wanted.getLong(i);
        }
        double a = found.getDouble(i);
        double e = wanted.getDouble(i);
        return a == e
                || (Double.isNaN(a) && Double.isNaN(e))
                || Math.abs(a - e) <= 1e-5 * Math.max(1, Math.abs(e));
    }

    private static INDArray flat(INDArray array) {
        return array.dup('c').reshape(array.length());
    }

    private static Long[] boxed(long[] shape) {
        return java.util.Arrays.stream(shape).boxed().toArray(Long[]::new);
    }
}
