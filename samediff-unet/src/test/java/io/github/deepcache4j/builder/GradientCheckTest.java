// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients of every block, of its parameters and its operands, against central differences. */
class GradientCheckTest {

    /** Operands {@code x [2, 8, 4, 4]}, {@code time [2, 6]}, {@code text [2, 3, 5]}. */
    private record Block(String name, BiFunction<Layers, Operands, Tensor> build) {

        @Override
        public String toString() {
            return name;
        }
    }

    /** Variables that are made when they are asked for: what nothing reads has no gradient. */
    private record Operands(SameDiff sameDiff, DataType type) {

        Tensor x() {
            return operand("x", 2, 8, 4, 4);
        }

        Tensor time() {
            return operand("time", 2, 6);
        }

        Tensor text() {
            return operand("text", 2, 3, 5);
        }

        private Tensor operand(String name, long... shape) {
            SDVariable known = sameDiff.getVariable(name);
            Random random = new Random(name.hashCode());
            return new Tensor(
                    known != null
                            ? known
                            : sameDiff.var(
                                    name, FiniteDifferences.normal(random, shape).castTo(type)),
                    shape);
        }
    }

    static Stream<Block> blocks() {
        Architecture plain = architecture("UNet2DModel", "default", false);
        Architecture scaling = architecture("UNet2DModel", "scale_shift", false);
        Architecture text = architecture("UNet2DConditionModel", "default", false);
        Architecture linear = architecture("UNet2DConditionModel", "default", true);
        return Stream.of(
                new Block(
                        "resnet",
                        (l, o) -> new ResnetBlock(l, plain).apply(o.x(), o.time(), "r", 8)),
                new Block(
                        "resnet with shortcut",
                        (l, o) -> new ResnetBlock(l, plain).apply(o.x(), o.time(), "r", 12)),
                new Block(
                        "resnet with scale_shift",
                        (l, o) -> new ResnetBlock(l, scaling).apply(o.x(), o.time(), "r", 8)),
                new Block(
                        "resnet down",
                        (l, o) -> new ResnetBlock(l, plain).down(o.x(), o.time(), "r")),
                new Block(
                        "resnet up", (l, o) -> new ResnetBlock(l, plain).up(o.x(), o.time(), "r")),
                new Block("pixel attention", (l, o) -> l.pixelAttention(o.x(), "a", 2)),
                new Block(
                        "transformer",
                        (l, o) ->
                                new SpatialTransformer(l, text).apply(o.x(), o.text(), "t", 2, 1)),
                new Block(
                        "transformer with linear projections",
                        (l, o) ->
                                new SpatialTransformer(l, linear)
                                        .apply(o.x(), o.text(), "t", 4, 1)),
                new Block(
                        "downsampler",
                        (l, o) -> l.convolution(o.x(), "d", 6, 3, 2, Layers.Zeros.AROUND)),
                new Block(
                        "downsampler with zeros behind",
                        (l, o) -> l.convolution(o.x(), "d", 6, 3, 2, Layers.Zeros.BEHIND)),
                new Block("upsampler", (l, o) -> l.convolution(l.upsample(o.x()), "u", 6, 3)),
                new Block("average pool", (l, o) -> l.averagePool(o.x())),
                new Block("group norm", (l, o) -> l.groupNorm(o.x(), "g", 4, 1e-5)),
                new Block("layer norm", (l, o) -> l.layerNorm(o.text(), "n", 1e-5)),
                new Block("silu", (l, o) -> l.silu(o.x())),
                new Block("gelu", (l, o) -> l.gelu(o.x())),
                new Block("skip", (l, o) -> l.concat(1, o.x(), l.silu(o.x()))),
                new Block("linear", (l, o) -> l.linear(o.text(), "l", 7, true)),
                new Block(
                        "time embedding",
                        (l, o) -> {
                            TimeEmbedding embedding = new TimeEmbedding(l, true, 0);
                            Tensor t =
                                    new Tensor(
                                            l.sameDiff()
                                                    .constant(
                                                            Nd4j.createFromArray(17., 900.)
                                                                    .castTo(l.type())),
                                            2);
                            return embedding.project(embedding.sinusoids(t, 8), "e", 10);
                        }),
                new Block(
                        "class embedding with a class twice",
                        (l, o) -> {
                            SDVariable labels =
                                    l.sameDiff().constant(Nd4j.createFromArray(2L, 0L, 2L));
                            return l.embedding(new Tensor(labels, 3), "c", 4, 6);
                        }));
    }

    private static Architecture architecture(String name, String scaleShift, boolean linear) {
        UNetConfig.Builder builder =
                UNetConfig.builder(name)
                        .set("norm_num_groups", 4)
                        .set("block_out_channels", List.of(8))
                        .set("resnet_time_scale_shift", scaleShift);
        if (name.equals("UNet2DModel")) {
            builder.set("down_block_types", List.of("DownBlock2D"))
                    .set("up_block_types", List.of("UpBlock2D"));
        } else {
            builder.set("down_block_types", List.of("CrossAttnDownBlock2D"))
                    .set("up_block_types", List.of("CrossAttnUpBlock2D"))
                    .set("use_linear_projection", linear);
        }
        return builder.build().architecture();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blocksAgreeWithDifferences(Block block) {
        SameDiff sameDiff = SameDiff.create();
        Layers layers = new TrainableLayers(sameDiff, new Shaken(3), DataType.DOUBLE);
        Tensor result = block.build().apply(layers, new Operands(sameDiff, DataType.DOUBLE));
        INDArray value =
                sameDiff.output(Map.of(), result.variable().name()).get(result.variable().name());
        assertEquals(result.shape(), Shape.of(value.shape()));
        assertEquals(
                List.of(),
                FiniteDifferences.compare(sameDiff, result.variable(), Map.of(), 4, 1e-6, 5));
    }

    /** Drawn parameters whose norms do more than keep numbers as they are. */
    private record Shaken(long seed) implements Weights {

        @Override
        public INDArray of(Parameter parameter) {
            INDArray drawn = new InitialWeights(seed).of(parameter);
            Random random = new Random(seed + parameter.name().hashCode());
            INDArray noise = FiniteDifferences.normal(random, parameter.shape().toArray());
            return drawn.addi(noise.mul(0.2).castTo(DataType.FLOAT));
        }
    }

    /** In single precision ND4J takes other kernels, oneDNN's. */
    @ParameterizedTest
    @MethodSource("blocks")
    void singlePrecisionAgreesWithDouble(Block block) {
        Map<String, INDArray> exact = gradients(block, DataType.DOUBLE);
        Map<String, INDArray> found = gradients(block, DataType.FLOAT);
        assertEquals(exact.keySet(), found.keySet());
        exact.forEach(
                (name, gradient) -> {
                    INDArray difference = gradient.sub(found.get(name).castTo(DataType.DOUBLE));
                    double error = difference.amaxNumber().doubleValue();
                    double scale = Math.max(1e-2, gradient.amaxNumber().doubleValue());
                    assertTrue(error <= 1e-4 * scale, name + ": " + error + " of " + scale);
                });
    }

    private static Map<String, INDArray> gradients(Block block, DataType type) {
        SameDiff sameDiff = SameDiff.create();
        Layers layers = new TrainableLayers(sameDiff, new Shaken(3), type);
        Tensor result = block.build().apply(layers, new Operands(sameDiff, type));
        sameDiff.math().square(result.variable()).sum().markAsLoss();
        String[] names =
                sameDiff.variables().stream()
                        .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                        .map(SDVariable::name)
                        .toArray(String[]::new);
        return sameDiff.calculateGradients(Map.of(), names);
    }
}
