// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * Convolutions: one {@code conv2d} each, NCHW, with the file's own OIYX weights; one for each group
 * where there are few groups, one {@code depthwise_conv2d} where each channel is a group.
 */
final class ConvolutionOps {

    private ConvolutionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Conv", e -> List.of(conv(e)));
    }

    static SDVariable conv(Emission e) {
        requireWeights(e);
        Shape x = e.shape(0);
        if (x.rank() == 3) {
            return oneAxis(e);
        }
        if (x.rank() != 4) {
            throw e.refuse(
                    "a convolution of a tensor of rank "
                            + x.rank()
                            + " is not supported, only 1-D and 2-D ones");
        }
        Window window = window(e);
        return convolve(e, e.in(0), weights(e, window), window.spread());
    }

    private static void requireWeights(Emission e) {
        e.requireType(0, DataType.FLOAT);
        Shape x = e.shape(0);
        Shape weights = e.shape(1);
        long groups = e.integer("group", 1);
        if (weights.rank() != x.rank()
                || groups < 1
                || weights.size(1) * groups != x.size(1)
                || weights.size(0) % groups != 0) {
            throw e.refuse(
                    "weights of shape "
                            + weights
                            + " do not fit an input of shape "
                            + x
                            + " and its channels (group="
                            + groups
                            + ")");
        }
        if (e.has(2) && !e.shape(2).equals(Shape.of(weights.size(0)))) {
            throw e.refuse("a bias of shape " + e.shape(2) + " does not fit weights " + weights);
        }
    }

    private static Window window(Emission e) {
        List<Long> kernel = e.shape(1).sizes().subList(2, e.shape(1).rank());
        e.integers("kernel_shape")
                .filter(given -> !given.equals(kernel))
                .ifPresent(
                        given -> {
                            throw e.refuse(
                                    "kernel_shape "
                                            + given
                                            + " differs from the weights' "
                                            + kernel);
                        });
        return Window.read(e, e.shape(0), kernel).requireFits(e, e.shape(0));
    }

    /** A sequence is an image of height 1. */
    private static SDVariable oneAxis(Emission e) {
        Shape x = e.shape(0);
        Shape w = e.shape(1);
        Window window = window(e).asImage();
        SDVariable image = e.reshape(e.in(0), Shape.of(x.size(0), x.size(1), 1, x.size(2)));
        SDVariable kernel =
                e.constant(1).isPresent()
                        ? e.derived(
                                1,
                                "image",
                                array -> array.reshape(w.size(0), w.size(1), 1, w.size(2)))
                        : e.reshape(e.in(1), Shape.of(w.size(0), w.size(1), 1, w.size(2)));
        SDVariable spread = ZeroInsertion.between(e, kernel, window.dilations());
        SDVariable result = convolve(e, image, spread, window.spread());
        Shape shape = e.shape(result);
        return e.reshape(result, Shape.of(shape.size(0), shape.size(1), shape.size(3)));
    }

    /**
     * The weights of a dilated convolution with zeros where it skips pixels: M2.1's oneDNN path
     * does not run dilated convolutions.
     */
    private static SDVariable weights(Emission e, Window window) {
        List<Long> dilations = window.dilations();
        if (!window.isDilated()) {
            return e.in(1);
        }
        Shape given = e.shape(1);
        Shape spread = Shape.of(given.size(0), given.size(1), window.extent(0), window.extent(1));
        e.requireSize(spread);
        return e.constant(1).isPresent()
                ? e.derived(
                        1,
                        "dilated" + dilations.get(0) + "x" + dilations.get(1),
                        weights -> ZeroInsertion.between(weights, dilations))
                : ZeroInsertion.between(e, e.in(1), dilations);
    }

    private static SDVariable convolve(
            Emission e, SDVariable x, SDVariable weights, Window window) {
        long groups = e.integer("group", 1);
        SDVariable input = window.padsAlike() ? x : Padding.zeros(e, x, window);
        Window rest = window.padsAlike() ? window : window.unpadded();
        if (groups == 1) {
            return e.has(2)
                    ? e.sameDiff().cnn().conv2d(input, weights, e.in(2), config(rest))
                    : e.sameDiff().cnn().conv2d(input, weights, config(rest));
        }
        SDVariable result =
                e.shape(weights).size(1) == 1 && groups > 4
                        ? depthwise(e, input, weights, rest)
                        : grouped(e, input, weights, rest, Math.toIntExact(groups));
        return e.has(2) ? withBias(e, result) : result;
    }

    /** One number added to each channel. */
    static SDVariable withBias(Emission e, SDVariable image) {
        return image.add(e.reshape(e.in(2), Shape.of(1, e.shape(2).elements(), 1, 1)));
    }

    private static SDVariable grouped(
            Emission e, SDVariable x, SDVariable weights, Window window, int groups) {
        SDVariable[] inputs = e.sameDiff().split(x, groups, 1);
        SDVariable[] kernels = e.sameDiff().split(weights, groups, 0);
        List<SDVariable> results = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            results.add(e.sameDiff().cnn().conv2d(inputs[group], kernels[group], config(window)));
        }
        return e.sameDiff().concat(1, results.toArray(SDVariable[]::new));
    }

    /** Channel by channel; ND4J wants the weights {@code [height, width, channels, multiplier]}. */
    private static SDVariable depthwise(
            Emission e, SDVariable x, SDVariable weights, Window window) {
        Shape w = e.shape(weights);
        long channels = e.shape(x).size(1);
        Shape table = Shape.of(channels, w.size(0) / channels, w.size(2), w.size(3));
        SDVariable kernel = e.permute(e.reshape(weights, table), 2, 3, 0, 1);
        return e.sameDiff().cnn().depthWiseConv2d(x, kernel, config(window, WeightsFormat.YXIO));
    }

    private static Conv2DConfig config(Window window) {
        return config(window, WeightsFormat.OIYX);
    }

    private static Conv2DConfig config(Window window, WeightsFormat format) {
        return Conv2DConfig.builder()
                .kH(window.sizes().get(0))
                .kW(window.sizes().get(1))
                .sH(window.strides().get(0))
                .sW(window.strides().get(1))
                .pH(window.before().get(0))
                .pW(window.before().get(1))
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat(Conv2DConfig.NCHW)
                .weightsFormat(format)
                .build();
    }
}
