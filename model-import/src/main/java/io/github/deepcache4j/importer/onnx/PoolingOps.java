// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** 2-D pooling, NCHW. */
final class PoolingOps {

    private PoolingOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "MaxPool", e -> pool(e, Pooling2D.Pooling2DType.MAX),
                "AveragePool", e -> pool(e, Pooling2D.Pooling2DType.AVG),
                "GlobalAveragePool", PoolingOps::globalAverage);
    }

    private static List<SDVariable> globalAverage(Emission e) {
        int[] image = IntStream.range(2, e.shape(0).rank()).toArray();
        return List.of(image.length == 0 ? e.in(0) : AxisReduction.reduce(e, e.in(0), SDVariable::mean, true, image));
    }

    private static List<SDVariable> pool(Emission e, Pooling2D.Pooling2DType type) {
        if (e.shape(0).rank() != 4) {
            throw e.refuse(
                    "pooling of a tensor of rank "
                            + e.shape(0).rank()
                            + " is not supported, only 2-D pooling");
        }
        List<Long> kernel =
                e.integers("kernel_shape").orElseThrow(() -> e.refuse("kernel_shape is missing"));
        List<Long> strides = e.integers("strides").orElse(List.of(1L, 1L));
        List<Long> dilations = e.integers("dilations").orElse(List.of(1L, 1L));
        e.requireInteger("ceil_mode", 0);
        e.requireInteger("storage_order", 0);
        if (!dilations.equals(List.of(1L, 1L))) {
            throw e.refuse("attribute dilations=" + dilations + " is not supported");
        }
        Padding padding = Padding.read(e, kernel, strides, dilations);
        e.ignore("count_include_pad");
        if (type == Pooling2D.Pooling2DType.AVG ? !padding.none() : !padding.symmetric()) {
            throw e.refuse("padding " + padding + " is not supported");
        }
        Pooling2DConfig config =
                Pooling2DConfig.builder()
                        .kH(kernel.get(0))
                        .kW(kernel.get(1))
                        .sH(strides.get(0))
                        .sW(strides.get(1))
                        .pH(padding.top())
                        .pW(padding.left())
                        .dH(1)
                        .dW(1)
                        .isNHWC(false)
                        .paddingMode(PaddingMode.VALID)
                        .type(type)
                        .build();
        return List.of(
                type == Pooling2D.Pooling2DType.MAX
                        ? e.sameDiff().cnn().maxPooling2d(e.in(0), config)
                        : e.sameDiff().cnn().avgPooling2d(e.in(0), config));
    }
}
