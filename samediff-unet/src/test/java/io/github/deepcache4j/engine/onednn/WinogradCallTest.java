// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** Large images are convolved in tiles, with the numbers of stock SameDiff. */
class WinogradCallTest {

    /** Several bands and images, images that are not square, numbers of channels that differ. */
    @ParameterizedTest
    @CsvSource({
        "1, 128, 128, 32, 32, plain",
        "3, 136, 129, 32, 32, plain",
        "1, 96, 160, 64, 16, plain",
        "2, 160, 96, 8, 128, plain",
        "2, 129, 128, 34, 42, plain",
        "2, 96, 96, 32, 32, added",
        "1, 96, 96, 32, 32, swish",
        "1, 96, 96, 32, 32, swish then added"
    })
    void equalsSameDiff(long batch, long in, long out, long height, long width, String after) {
        check(batch, in, out, height, width, after, true);
    }

    @ParameterizedTest
    @CsvSource({"1, 128, 128, 16, 16", "1, 128, 128, 33, 32", "1, 64, 128, 32, 32"})
    void smallOrOddImagesAreConvolvedDirectly(
            long batch, long in, long out, long height, long width) {
        check(batch, in, out, height, width, "plain", false);
    }

    private static void check(
            long batch, long in, long out, long height, long width, String after, boolean tiles) {
        Engine engine = new OneDnnEngine();
        assumeTrue(engine.unavailable(Precision.F32).isEmpty());
        Map<String, Shape> shapes =
                Map.of(
                        "x", Shape.of(batch, in, height, width),
                        "r", Shape.of(batch, out, height, width));
        SameDiff graph = graph(shapes, in, out, after);
        Map<String, INDArray> inputs =
                Map.of("x", normal(1, 1, shapes.get("x")), "r", normal(2, 1, shapes.get("r")));
        try (CompiledGraph reference =
                        new SameDiffEngine().compile(graph, List.of("y"), shapes, Precision.F32);
                CompiledGraph compiled =
                        engine.compile(graph, List.of("y"), shapes, Precision.F32)) {
            assertEquals(tiles, compiled.explain().contains("winograd"), compiled.explain());
            for (int run = 0; run < 2; run++) {
                INDArray expected = Objects.requireNonNull(reference.run(inputs).get("y"));
                INDArray actual = compiled.run(inputs).get("y");
                double error =
                        expected.sub(actual).amaxNumber().doubleValue()
                                / expected.amaxNumber().doubleValue();
                assertTrue(error <= 5e-6, "run " + run + ": " + error);
            }
        }
    }

    private static SameDiff graph(Map<String, Shape> shapes, long in, long out, String after) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, size(shapes, "x"));
        SDVariable r = graph.placeHolder("r", DataType.FLOAT, size(shapes, "r"));
        SDVariable weights = graph.constant("w", normal(3, 0.1, Shape.of(out, in, 3, 3)));
        SDVariable bias = graph.constant("b", normal(4, 1, Shape.of(out)));
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(3)
                        .kW(3)
                        .sH(1)
                        .sW(1)
                        .pH(1)
                        .pW(1)
                        .dH(1)
                        .dW(1)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(WeightsFormat.OIYX)
                        .build();
        SDVariable conv = graph.cnn().conv2d(x, weights, bias, config);
        SDVariable y =
                switch (after) {
                    case "added" -> conv.add(r);
                    case "swish" -> Composites.silu(conv);
                    case "swish then added" -> Composites.silu(conv).add(r);
                    default -> conv;
                };
        // y alone would not need r
        y.add(r.mul(0)).rename("y");
        return graph;
    }

    private static long[] size(Map<String, Shape> shapes, String name) {
        return Objects.requireNonNull(shapes.get(name)).toArray();
    }

    private static INDArray normal(long seed, double scale, Shape shape) {
        Random random = new Random(seed);
        float[] numbers = new float[(int) shape.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (scale * random.nextGaussian());
        }
        return Nd4j.createFromArray(numbers).reshape(shape.toArray());
    }
}
