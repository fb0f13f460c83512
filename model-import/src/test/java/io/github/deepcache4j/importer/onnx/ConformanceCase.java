// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One node case of the ONNX project, as {@code conformance/make_conformance.py} writes it.
 *
 * @param operator what the case is about; the names of its nodes may be other ones, where the case
 *     spells it out in simpler operators
 * @param kind what is promised
 * @param model the ONNX file
 */
record ConformanceCase(
        String name,
        String operator,
        Kind kind,
        double relativeTolerance,
        double absoluteTolerance,
        Path model,
        List<Tensor> operands,
        List<Tensor> results) {

    /** What this project promises about a case. */
    enum Kind {
        /** A promised operator and types: passes, with few exceptions that are refused. */
        REQUIRED,
        /** A promised operator with another type: passes or is refused. */
        OTHER_TYPE,
        /** A training mode: refused, unless it happens to be the inference mode. */
        TRAINING,
        /** Not promised: passes or is refused. */
        OTHER_OPERATOR
    }

    /**
     * A graph input or output.
     *
     * @param type the ONNX element type
     * @param array half precision as f32, integers that NumPy files lack as int64; none if the
     *     value is not numbers
     */
    record Tensor(String name, String type, Optional<INDArray> array) {}

    /** Whether numbers can be fed in and compared. */
    boolean isNumeric() {
        return Stream.concat(operands.stream(), results.stream())
                .allMatch(tensor -> tensor.array().isPresent());
    }

    /** Unpacks all cases, sorted by name. */
    static List<ConformanceCase> unpack(Path folder) throws IOException {
        Path file = Path.of("src/test/resources/conformance/conformance.zip");
        Files.createDirectories(folder.resolve("models"));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (var entry : zip.stream().toList()) {
                try (var bytes = zip.getInputStream(entry)) {
                    Files.copy(bytes, folder.resolve(entry.getName()));
                }
            }
        }
        Map<String, INDArray> arrays = NpzFile.read(folder.resolve("data.npz"));
        List<ConformanceCase> cases = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("cases.tsv"))) {
            cases.add(parse(line, folder, arrays));
        }
        return cases;
    }

    private static ConformanceCase parse(String line, Path folder, Map<String, INDArray> arrays) {
        String[] fields = line.split("\t", -1);
        return new ConformanceCase(
                fields[0],
                fields[1],
                Kind.valueOf(fields[2].toUpperCase(Locale.ROOT).replace('-', '_')),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]),
                folder.resolve("models").resolve(fields[0] + ".onnx"),
                tensors(fields[5], arrays),
                tensors(fields[6], arrays));
    }

    private static List<Tensor> tensors(String field, Map<String, INDArray> arrays) {
        return Arrays.stream(field.split(" "))
                .filter(text -> !text.isEmpty())
                .map(text -> text.split(":"))
                .map(
                        parts ->
                                new Tensor(
                                        parts[0],
                                        parts[1],
                                        Optional.ofNullable(arrays.get(parts[2]))))
                .toList();
    }
}
