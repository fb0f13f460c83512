// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every pattern fires where it should and nowhere else, and the numbers are ONNX Runtime's either
 * way; {@code operators/make_patterns.py} makes models and numbers.
 */
class PatternsGoldenTest {

    @TempDir static Path folder;

    private static GoldenZip golden;

    /** What is there if a pattern fired. */
    private static final Map<String, String> PUT_IN =
            Map.of(
                    "group_norm",
                    "GroupNormalization",
                    "layer_norm",
                    "LayerNormalization",
                    "silu",
                    Patterns.SILU,
                    "gelu",
                    "Gelu",
                    "matmul",
                    Patterns.SCALED_MATMUL,
                    "attention",
                    Patterns.PIXEL_ATTENTION);

    /** What is gone if a pattern fired. */
    private static final Map<String, Set<String>> TAKEN_OUT =
            Map.of("slice", Set.of("Slice"), "cast", Set.of("Cast", "Identity"));

    @BeforeAll
    static void unpack() throws IOException {
        golden = GoldenZip.unpack("patterns.zip", folder);
    }

    @TestFactory
    Stream<DynamicTest> alone() throws IOException {
        return tests(".run.onnx");
    }

    /** Recycled buffers full of NaN lie ready for the operators' results. */
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
                                        model.getFileName().toString(), () -> check(model)));
    }

    private static void check(Path model) {
        String name = model.getFileName().toString();
        String pattern = name.substring(0, name.indexOf("__"));
        boolean expected = name.startsWith(pattern + "__is_");
        assertTrue(expected || name.startsWith(pattern + "__not_"), name);
        assertEquals(expected, fired(pattern, simplified(model)), "fired");
        ImportedGraph graph = GoldenZip.load(model);
        String[] outputs = graph.outputs().stream().map(Port::name).toArray(String[]::new);
        Map<String, INDArray> inputs = golden.inputs(model, graph);
        for (int run = 1; run <= 3; run++) {
            assertEquals(
                    List.of(),
                    golden.faults(model, graph.sameDiff().output(inputs, outputs)),
                    "run " + run);
        }
    }

    private static boolean fired(String pattern, Set<String> operators) {
        String put = PUT_IN.get(pattern);
        return put != null
                ? operators.contains(put)
                : TAKEN_OUT.get(pattern).stream().noneMatch(operators::contains);
    }

    /** Operators left in a model. */
    private static Set<String> simplified(Path file) {
        OnnxModel model = OnnxFile.read(file);
        List<Port> inputs = InputSizes.fix(model, Map.of());
        TensorFacts facts = TensorFacts.find(model, inputs, OnnxOpRegistry.standard());
        return Patterns.simplify(model, facts).nodes().stream()
                .map(OnnxNode::qualifiedOp)
                .collect(Collectors.toSet());
    }

    /**
     * Five of the normalisation, then two convolutions, two reshapes, unstack and the attention.
     */
    @Test
    void attentionTakesThirteenOperations() throws IOException {
        List<Path> models = golden.files("attention__is_plain.run.onnx");
        assertEquals(1, models.size());
        Map<String, Long> operations =
                GoldenZip.load(models.get(0)).sameDiff().getOps().values().stream()
                        .collect(
                                Collectors.groupingBy(
                                        op -> op.getOp().opName(), Collectors.counting()));
        assertEquals(
                Map.of(
                        "reshape", 4L,
                        "moments", 1L,
                        "batchnorm", 2L,
                        "conv2d", 2L,
                        "unstack", 1L,
                        "matmul", 2L,
                        "softmax", 1L),
                operations);
    }
}
