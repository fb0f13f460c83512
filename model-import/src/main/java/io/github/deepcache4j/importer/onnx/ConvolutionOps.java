// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Convolutions: one {@code conv2d} each, NCHW, with the file's own OIYX weights. */
final class ConvolutionOps {

    private ConvolutionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Conv", ConvolutionOps::conv);
    }

    private static List<SDVariable> conv(Emission e) {
        int rank = e.shape(0).rank();
        if (rank != 4) {
            throw e.refuse(
                    "a convolution of a tensor of rank "
                            + rank
                            + " is not supported, only 2-D ones");
        }
        e.requireInteger("group", 1);
        List<Long> kernel = e.shape(1).sizes().subList(2, 4);
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
        List<Long> strides = e.integers("strides").orElse(List.of(1L, 1L));
        List<Long> dilations = e.integers("dilations").orElse(List.of(1L, 1L));
        Padding padding = Padding.read(e, kernel, strides, dilations);
        SDVariable input = padding.symmetric() ? e.in(0) : padding.zeroPad(e);
        boolean dilated = !dilations.equals(List.of(1L, 1L));
        SDVariable weights = dilated ? spread(e, kernel, dilations) : e.in(1);
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(extent(kernel.get(0), dilations.get(0)))
                        .kW(extent(kernel.get(1), dilations.get(1)))
                        .sH(strides.get(0))
                        .sW(strides.get(1))
                        .pH(padding.symmetric() ? padding.top() : 0)
                        .pW(padding.symmetric() ? padding.left() : 0)
                        .dH(1)
                        .dW(1)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(WeightsFormat.OIYX)
                        .build();
        return List.of(
                e.has(2)
                        ? e.sameDiff().cnn().conv2d(input, weights, e.in(2), config)
                        : e.sameDiff().cnn().conv2d(input, weights, config));
    }

    private static long extent(long kernel, long dilation) {
        return (kernel - 1) * dilation + 1;
    }

    /**
     * The weights of a dilated convolution with zeros where it skips pixels: M2.1's oneDNN path
     * does not run dilated convolutions.
     */
    private static SDVariable spread(Emission e, List<Long> kernel, List<Long> dilations) {
        e.fixed(1, "the weight of a dilated convolution");
        return e.derived(
                1,
                "dilated" + dilations.get(0) + "x" + dilations.get(1),
                weights -> {
                    long height = extent(kernel.get(0), dilations.get(0));
                    long width = extent(kernel.get(1), dilations.get(1));
                    INDArray wide =
                            Nd4j.create(
                                    weights.dataType(),
                                    weights.size(0),
                                    weights.size(1),
                                    height,
                                    width);
                    wide.get(
                                    NDArrayIndex.all(),
                                    NDArrayIndex.all(),
                                    NDArrayIndex.interval(0, dilations.get(0), height),
                                    NDArrayIndex.interval(0, dilations.get(1), width))
                            .assign(weights);
                    return wide;
                });
    }
}
