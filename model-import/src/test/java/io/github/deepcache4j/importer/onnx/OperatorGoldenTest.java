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
import java.util.ArrayList;
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
 * Every operator against ONNX Runtime; {@code operators/make_operators.py}, {@code
 * make_families.py}, {@code make_contrib.py} and {@code make_structure.py} make models and numbers.
 */
class OperatorGoldenTest {

    @TempDir static Path folder;

    private static final List<GoldenZip> ZIPS = new ArrayList<>();

    @BeforeAll
    static void unpack() throws IOException {
        for (String name :
                List.of("operators.zip", "families.zip", "contrib.zip", "structure.zip")) {
            ZIPS.add(GoldenZip.unpack(name, folder));
        }
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
        return tests(ending, OperatorGoldenTest::runSeveralTimes);
    }

    private interface Check {
        void apply(GoldenZip golden, Path model) throws IOException;
    }

    private static Stream<DynamicTest> tests(String ending, Check check) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenZip golden : ZIPS) {
            for (Path model : golden.files(ending)) {
                String name = model.getFileName().toString();
                tests.add(DynamicTest.dynamicTest(name, () -> check.apply(golden, model)));
            }
        }
        assertFalse(tests.isEmpty());
        return tests.stream();
    }

    private static void runSeveralTimes(GoldenZip golden, Path model) {
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
        return tests(".refused.onnx", OperatorGoldenTest::isRefused);
    }

    private static void isRefused(GoldenZip golden, Path model) throws IOException {
        String name = model.getFileName().toString();
        String says = Files.readString(model.resolveSibling(name.replace(".refused.onnx", ".txt")));
        String message =
                assertThrows(ImportException.class, () -> GoldenZip.load(model)).getMessage();
        assertTrue(message.contains(says), () -> message + " does not say " + says);
        assertTrue(message.startsWith(name), message);
        assertFalse(message.contains("\n"), message);
    }
}
