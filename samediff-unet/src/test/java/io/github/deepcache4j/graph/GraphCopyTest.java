// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

class GraphCopyTest {

    private final INDArray x = Nd4j.rand(DataType.FLOAT, 2, 4, 8, 8);

    /**
     * One of every kind of operation that a U-Net has: custom, reduce, scalar, strict, pairwise.
     */
    private static SameDiff manyKinds() {
        Nd4j.getRandom().setSeed(7);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4, 8, 8);
        SDVariable w = sd.var("w", Nd4j.randn(DataType.FLOAT, 6, 4, 3, 3));
        SDVariable b = sd.constant("b", Nd4j.randn(DataType.FLOAT, 6));
        SDVariable conv =
                sd.cnn()
                        .conv2d(
                                "conv",
                                x,
                                w,
                                b,
                                Conv2DConfig.builder()
                                        .kH(3)
                                        .kW(3)
                                        .paddingMode(PaddingMode.SAME)
                                        .weightsFormat(WeightsFormat.OIYX)
                                        .build());
        SDVariable pooled =
                sd.cnn()
                        .avgPooling2d(
                                "pooled",
                                conv,
                                Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
        SDVariable mean = pooled.mean("mean", true, 1);
        SDVariable variance = sd.variance("variance", pooled, false, true, 1);
        SDVariable norm = pooled.sub(mean).div("norm", sd.math().sqrt(variance.add(1e-5).mul(2.0)));
        SDVariable gate = sd.nn().sigmoid("gate", norm.mul("gated", norm.pow(2).neg()));
        SDVariable[] halves = sd.split(new String[] {"low", "high"}, gate, 2, 1);
        SDVariable joined = sd.concat("joined", 1, halves[1], halves[0], sd.math().tanh(halves[0]));
        sd.nn().softmax("soft", sd.reshape("flat", joined, -1, 9, 16), 2);
        sd.permute("y", sd.getVariable("soft"), 0, 2, 1);
        sd.math().exp("unused", pooled);
        return sd;
    }

    @Test
    void copyGivesTheSameBitsAndSharesTheArrays() {
        SameDiff source = manyKinds();
        SameDiff copy = GraphCopy.of(source, List.of("y"));
        assertSame(source.getVariable("w").getArr(), copy.getVariable("w").getArr());
        assertSame(source.getVariable("b").getArr(), copy.getVariable("b").getArr());
        assertArrayEquals(new long[] {-1, 4, 8, 8}, copy.getVariable("x").getShape());
        assertFalse(copy.hasVariable("unused"));
        assertEquals(source.output(Map.of("x", x), "y"), copy.output(Map.of("x", x), "y"));
    }

    @Test
    void namesOperationsThatStockSavingWouldChange() {
        assertEquals(
                List.of("var (var)"),
                GraphCopy.lostOnSave(GraphCopy.of(manyKinds(), List.of("y"))));
        assertEquals(List.of(), GraphCopy.lostOnSave(GraphCopy.of(manyKinds(), List.of("conv"))));
    }

    @Test
    void cutTensorBecomesAPlaceholderAndWhatComputedItIsGone() {
        SameDiff source = manyKinds();
        Map<String, INDArray> whole = source.output(Map.of("x", x), "norm", "y");
        SameDiff copy =
                GraphCopy.of(
                        source,
                        List.of("y"),
                        List.of(
                                new GraphCopy.Cut(
                                        "norm", "given", DataType.FLOAT, Shape.of(2, 6, 4, 4))));
        assertEquals(List.of("given"), copy.inputs());
        assertFalse(copy.hasVariable("w"));
        assertEquals(whole.get("y"), copy.output(Map.of("given", whole.get("norm")), "y").get("y"));
    }

    @Test
    void oneOfTwoOutputsCanBeCut() {
        SameDiff source = manyKinds();
        Map<String, INDArray> whole = source.output(Map.of("x", x), "low", "y");
        SameDiff copy =
                GraphCopy.of(
                        source,
                        List.of("y"),
                        List.of(GraphCopy.Cut.at("low", DataType.FLOAT, Shape.of(2, 3, 4, 4))));
        assertEquals(
                whole.get("y"), copy.output(Map.of("x", x, "low", whole.get("low")), "y").get("y"));
    }

    @Test
    void copySurvivesSaveAndLoad(@TempDir Path folder) {
        SameDiff source = manyKinds();
        SameDiff copy = GraphCopy.of(source, List.of("norm", "conv"), List.of());
        File file = folder.resolve("copy.fb").toFile();
        GraphCopy.of(source, List.of("conv")).save(file, false);
        SameDiff loaded = SameDiff.load(file, false);
        assertEquals(copy.output(Map.of("x", x), "conv"), loaded.output(Map.of("x", x), "conv"));
    }

    @Test
    void sourceStaysAsItWas() {
        SameDiff source = manyKinds();
        int operations = source.getOps().size();
        int variables = source.getVariables().size();
        SameDiff copy = GraphCopy.of(source, List.of("y"));
        copy.constant("another", 1f);
        assertEquals(operations, source.getOps().size());
        assertEquals(variables, source.getVariables().size());
        assertFalse(source.getConstantArrays().hasArray("another"));
    }

    @Test
    void refusesUnknownNamesTakenNamesAndControlDependencies() {
        SameDiff source = manyKinds();
        assertEquals(
                "the graph has no tensor named [nope, neither]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GraphCopy.of(source, List.of("nope", "neither")))
                        .getMessage());
        GraphCopy.Cut taken = new GraphCopy.Cut("norm", "x", DataType.FLOAT, Shape.of(2, 6, 4, 4));
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GraphCopy.of(source, List.of("y"), List.of(taken)))
                        .getMessage()
                        .contains("already has a tensor named x"));
        source.getOps()
                .get(source.getVariableOutputOp("conv").getOwnName())
                .setControlDeps(List.of("b"));
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GraphCopy.of(source, List.of("y")))
                        .getMessage()
                        .contains("conv2d has control dependencies"));
    }

    @Test
    void danglingConsumersDoNotMatter() {
        SameDiff source = manyKinds();
        source.getVariables().get("x").getInputsForOp().add("no-such-operation");
        source.getVariables().get("conv").getInputsForOp().add("neither");
        SameDiff copy = GraphCopy.of(source, List.of("y"));
        assertEquals(1, copy.getVariables().get("x").getInputsForOp().size());
        assertEquals(3, copy.output(Map.of("x", x), "y").get("y").rank());
    }

    @Test
    void thousandsOfOperationsTakeSeconds() {
        SameDiff source = SameDiff.create();
        SDVariable last = source.placeHolder("x", DataType.FLOAT, 4);
        INDArray weight = Nd4j.ones(DataType.FLOAT, 4);
        for (int i = 0; i < 2000; i++) {
            last =
                    i % 2 == 0
                            ? last.add("a" + i, source.constant("c" + i, weight))
                            : last.mul("m" + i, 0.5);
        }
        long start = System.nanoTime();
        SameDiff copy = GraphCopy.of(source, List.of(last.name()));
        double seconds = (System.nanoTime() - start) / 1e9;
        assertEquals(2000, copy.getOps().size());
        assertTrue(seconds < 10, () -> "copying 2000 operations took " + seconds + " s");
    }
}
