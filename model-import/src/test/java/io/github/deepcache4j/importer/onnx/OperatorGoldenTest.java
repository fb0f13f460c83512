// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every operator against ONNX Runtime; {@code operators/make_operators.py} makes models and
 * numbers.
 */
class OperatorGoldenTest {

    @TempDir static Path folder;

    private static GoldenZip golden;

    @BeforeAll
    static void unpack() throws IOException {
        golden = GoldenZip.unpack("operators.zip", folder);
    }

    @TestFactory
    Stream<DynamicTest> operandsAtRunTime() throws IOException {
        return tests(".run.onnx");
    }

    /** All operands are known at import, so the importer itself computes the result. */
    @TestFactory
    Stream<DynamicTest> operandsFolded() throws IOException {
        return tests(".folded.onnx");
    }

    /** Recycled buffers full of NaN lie ready for the operator's results. */
    @TestFactory
    Stream<DynamicTest> amongOtherOperators() throws IOException {
        return tests(".crowded.onnx");
    }

    private static Stream<DynamicTest> tests(String ending) throws IOException {
        List<Path> models = golden.files(ending);
        assertFalse(models.isEmpty());
        return models.stream()
                .map(
                        model ->
                                DynamicTest.dynamicTest(
                                        model.getFileName().toString(),
                                        () -> runSeveralTimes(model)));
    }

    private static void runSeveralTimes(Path model) {
        ImportedGraph graph = GoldenZip.load(model);
        SameDiff sameDiff = graph.sameDiff();
        String[] outputs = graph.outputs().stream().map(port -> port.name()).toArray(String[]::new);
        Map<String, INDArray> inputs = golden.inputs(model, graph);
        Map<String, INDArray> others = new LinkedHashMap<>();
        inputs.forEach(
                (name, array) ->
                        others.put(
                                name,
                                array.dataType() == DataType.FLOAT ? array.mul(-3) : array.dup()));
        assertEquals(List.of(), golden.faults(model, sameDiff.output(inputs, outputs)), "run 1");
        for (int run = 2; run <= 4; run++) {
            sameDiff.output(others, outputs);
            assertEquals(
                    List.of(),
                    golden.faults(model, sameDiff.output(inputs, outputs)),
                    "run " + run);
        }
    }

    @TestFactory
    Stream<DynamicTest> refused() throws IOException {
        return golden.files(".refused.onnx").stream()
                .map(
                        model ->
                                DynamicTest.dynamicTest(
                                        model.getFileName().toString(), () -> isRefused(model)));
    }

    private static void isRefused(Path model) throws IOException {
        String name = model.getFileName().toString();
        String says = Files.readString(folder.resolve(name.replace(".refused.onnx", ".txt")));
        String message =
                assertThrows(ImportException.class, () -> GoldenZip.load(model)).getMessage();
        assertTrue(message.contains(says), () -> message + " does not say " + says);
        assertTrue(message.startsWith(name), message);
        assertFalse(message.contains("\n"), message);
    }
}
