// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** A random graph of what U-Nets are made of, on images {@code [batch, 8, 6, 4]}. */
final class RandomGraph {

    private static final int CHANNELS = 8;

    final SameDiff sameDiff = SameDiff.create();
    final Map<String, Shape> shapes = new LinkedHashMap<>();
    final String output;
    final String middle;
    private final Random random;
    private final long batch;
    private final Shape image;
    private int weights;

    RandomGraph(long seed) {
        random = new Random(seed);
        batch = 1 + random.nextInt(3);
        image = Shape.of(batch, CHANNELS, 6, 4);
        shapes.put("sample", image);
        shapes.put("timestep", Shape.of(batch, 3));
        List<SDVariable> made = new ArrayList<>();
        made.add(sameDiff.placeHolder("sample", DataType.FLOAT, image.toArray()));
        SDVariable time = sameDiff.placeHolder("timestep", DataType.FLOAT, batch, 3);
        SDVariable embedding =
                Composites.silu(sameDiff.mmul(time, weight(3, CHANNELS)).add(weight(CHANNELS)));
        for (int i = 0; i < 14; i++) {
            made.add(
                    grow(
                            made.get(Math.max(0, made.size() - 1 - random.nextInt(3))),
                            made,
                            embedding));
        }
        middle = made.get(made.size() / 2).name();
        SDVariable last = made.get(made.size() - 1).add(made.get(made.size() / 2));
        output = last.name();
    }

    Map<String, INDArray> inputs(long seed) {
        Random numbers = new Random(seed);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> inputs.put(name, normal(numbers, 1, shape.toArray())));
        return inputs;
    }

    private static INDArray normal(Random random, double scale, long... sizes) {
        float[] values = new float[(int) Shape.of(sizes).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return Nd4j.createFromArray(values).reshape(sizes);
    }

    private SDVariable weight(long... sizes) {
        return sameDiff.constant("w" + weights++, normal(random, 0.3, sizes));
    }

    private SDVariable grow(SDVariable x, List<SDVariable> made, SDVariable embedding) {
        return switch (random.nextInt(14)) {
            case 0 -> conv(x, 3, WeightsFormat.OIYX);
            case 1 -> conv(x, 1, WeightsFormat.YXIO);
            case 2 -> Composites.silu(x);
            case 3 -> x.add(made.get(random.nextInt(made.size())));
            case 4 -> norm(x);
            case 5 -> Composites.silu(norm(x));
            case 6 ->
                    norm(
                            conv(x, 3, WeightsFormat.OIYX)
                                    .add(sameDiff.reshape(embedding, batch, CHANNELS, 1, 1)));
            case 7 -> attention(x);
            case 8 -> Composites.gelu(x.mul(0.7)).sub(0.1);
            case 9 ->
                    conv(
                            sameDiff.concat(1, x, made.get(random.nextInt(made.size()))),
                            1,
                            WeightsFormat.OIYX);
            case 10 -> gated(x);
            case 11 -> sameDiff.nn().relu(x, 0).add(sameDiff.nn().tanh(x));
            case 12 ->
                    Composites.pixelAttention(
                            x,
                            image,
                            weight(3 * CHANNELS, CHANNELS, 1, 1),
                            weight(3 * CHANNELS),
                            weight(CHANNELS, CHANNELS, 1, 1),
                            weight(CHANNELS),
                            1 + random.nextInt(2),
                            0.5);
            default -> x.mul(sameDiff.nn().sigmoid(x)).add(weight(1, CHANNELS, 1, 1));
        };
    }

    private SDVariable conv(SDVariable x, int kernel, WeightsFormat format) {
        long in = x.name().startsWith("concat") ? 2 * CHANNELS : CHANNELS;
        SDVariable w =
                format == WeightsFormat.OIYX
                        ? weight(CHANNELS, in, kernel, kernel)
                        : weight(kernel, kernel, in, CHANNELS);
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(kernel)
                        .kW(kernel)
                        .sH(1)
                        .sW(1)
                        .pH(kernel / 2)
                        .pW(kernel / 2)
                        .dH(1)
                        .dW(1)
                        .paddingMode(random.nextBoolean() ? PaddingMode.SAME : PaddingMode.VALID)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(format)
                        .build();
        return sameDiff.cnn().conv2d(x, w, weight(CHANNELS), config);
    }

    private SDVariable norm(SDVariable x) {
        return Composites.groupNorm(x, image, 4, weight(CHANNELS), weight(CHANNELS), 1e-5);
    }

    private SDVariable attention(SDVariable x) {
        SDVariable rows = sameDiff.permute(sameDiff.reshape(x, batch, CHANNELS, 24), 0, 2, 1);
        Shape shape = Shape.of(batch, 24, CHANNELS);
        SDVariable normal =
                Composites.layerNorm(rows, shape, weight(CHANNELS), weight(CHANNELS), 1e-5);
        SDVariable[] parts = new SDVariable[3];
        for (int i = 0; i < 3; i++) {
            SDVariable linear = Composites.linear(normal, shape, weight(CHANNELS, CHANNELS));
            parts[i] = sameDiff.permute(sameDiff.reshape(linear, batch, 24, 2, 4), 0, 2, 1, 3);
        }
        SDVariable scores =
                sameDiff.nn()
                        .softmax(Composites.scaledMatMul(parts[0], parts[1], false, true, 0.5), 3);
        SDVariable mixed = sameDiff.permute(sameDiff.mmul(scores, parts[2]), 0, 2, 1, 3);
        SDVariable joined = sameDiff.reshape(mixed, batch, 24, CHANNELS).add(rows);
        return sameDiff.reshape(sameDiff.permute(joined, 0, 2, 1), image.toArray());
    }

    /** A gated linear unit, which becomes two products. */
    private SDVariable gated(SDVariable x) {
        SDVariable rows = sameDiff.permute(x, 0, 2, 3, 1);
        SDVariable wide =
                Composites.linear(
                                rows,
                                Shape.of(batch, 6, 4, CHANNELS),
                                weight(CHANNELS, 2 * CHANNELS))
                        .add(weight(2 * CHANNELS));
        SDVariable[] halves = sameDiff.split(wide, 2, 3);
        return sameDiff.permute(halves[0].mul(Composites.gelu(halves[1])), 0, 3, 1, 2);
    }
}
