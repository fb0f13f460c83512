// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions over one and two axes: whole, grouped, channel by channel, separable. */
final class ConvolutionLayers {

    private ConvolutionLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.ofEntries(
                Map.entry("Conv1D", call -> convolution(call, 1)),
                Map.entry("Conv2D", call -> convolution(call, 2)),
                Map.entry("Convolution1D", call -> convolution(call, 1)),
                Map.entry("Convolution2D", call -> convolution(call, 2)),
                Map.entry("DepthwiseConv1D", call -> depthwise(call, 1)),
                Map.entry("DepthwiseConv2D", call -> depthwise(call, 2)),
                Map.entry("SeparableConv1D", call -> separable(call, 1)),
                Map.entry("SeparableConv2D", call -> separable(call, 2)));
    }

    private static List<KerasTensor> convolution(LayerCall call, int axes) {
        call.config().ignore("filters", "kernel_size");
        call.config().requireUnset("lora_rank", "lora_alpha", "quantization_config");
        ImageLayout layout = ImageLayout.of(call);
        KerasTensor x = layout.input(axes);
        INDArray kernel = call.weight("kernel", 0);
        Map<String, Object> attributes = window(call, axes, sizes(kernel, axes));
        attributes.put("group", call.config().integer("groups", 1));
        String weights =
                call.graph().plain(call.constant("kernel", outputsFirst(call, kernel, axes)));
        return finish(call, layout, x, weights, attributes, "bias", 1);
    }

    /** Keras' {@code [..., inputs, outputs]} as ONNX' {@code [outputs, inputs, ...]}. */
    private static INDArray outputsFirst(LayerCall call, INDArray kernel, int axes) {
        requireRank(call, kernel, axes + 2);
        int[] order =
                IntStream.concat(IntStream.of(axes + 1, axes), IntStream.range(0, axes)).toArray();
        return kernel.permute(order).dup('c');
    }

    static void requireRank(LayerCall call, INDArray kernel, int rank) {
        if (kernel.rank() != rank) {
            throw call.refuse("its kernel has " + kernel.rank() + " axes instead of " + rank);
        }
    }

    static List<Long> sizes(INDArray kernel, int axes) {
        return LongStream.range(0, Math.min(axes, kernel.rank()))
                .mapToObj(axis -> kernel.size((int) axis))
                .toList();
    }

    /** Strides, dilations and padding; {@code causal} pads before the first element only. */
    private static Map<String, Object> window(LayerCall call, int axes, List<Long> sizes) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        List<Long> dilations = call.config().perAxis("dilation_rate", axes, 1);
        attributes.put("strides", call.config().perAxis("strides", axes, 1));
        attributes.put("dilations", dilations);
        String padding = call.config().text("padding", "valid");
        if (padding.equals("causal") && axes == 1) {
            attributes.put("pads", List.of((sizes.get(0) - 1) * dilations.get(0), 0L));
        } else {
            attributes.put("auto_pad", autoPad(call, padding));
        }
        return attributes;
    }

    /** TensorFlow's padding: where it is uneven, more comes after. */
    static String autoPad(LayerCall call, String padding) {
        return switch (padding) {
            case "valid" -> "VALID";
            case "same" -> "SAME_UPPER";
            default -> throw call.refuse("attribute padding=" + padding + " is not supported");
        };
    }

    private static List<KerasTensor> finish(
            LayerCall call,
            ImageLayout layout,
            KerasTensor x,
            String weights,
            Map<String, Object> attributes,
            String biasName,
            int biasIndex) {
        List<String> operands = new ArrayList<>(List.of(weights));
        if (call.config().flag("use_bias", true)) {
            operands.add(
                    call.graph().plain(call.constant("bias", call.weight(biasName, biasIndex))));
        }
        KerasTensor result = layout.apply("Conv", x, operands, attributes);
        return List.of(Activations.apply(call, result));
    }

    private static List<KerasTensor> depthwise(LayerCall call, int axes) {
        call.config().ignore("filters", "kernel_size", "depth_multiplier", "groups");
        ImageLayout layout = ImageLayout.of(call);
        KerasTensor x = layout.input(axes);
        Optional<INDArray> older = call.findWeight("depthwise_kernel", 0);
        INDArray kernel = older.isPresent() ? older.get() : call.weight("kernel", 0);
        Map<String, Object> attributes = window(call, axes, sizes(kernel, axes));
        String weights = channelwise(call, kernel, axes, attributes);
        return finish(call, layout, x, weights, attributes, "bias", 1);
    }

    /** Keras' {@code [..., channels, multiplier]}; each channel is a group. */
    private static String channelwise(
            LayerCall call, INDArray kernel, int axes, Map<String, Object> attributes) {
        requireRank(call, kernel, axes + 2);
        long channels = kernel.size(axes);
        attributes.put("group", channels);
        int[] order =
                IntStream.concat(IntStream.of(axes, axes + 1), IntStream.range(0, axes)).toArray();
        long[] shape = new long[axes + 2];
        shape[0] = channels * kernel.size(axes + 1);
        shape[1] = 1;
        for (int axis = 0; axis < axes; axis++) {
            shape[axis + 2] = kernel.size(axis);
        }
        INDArray weights = kernel.permute(order).dup('c').reshape('c', shape);
        return call.graph().plain(call.constant("depthwise_kernel", weights));
    }

    private static List<KerasTensor> separable(LayerCall call, int axes) {
        call.config().ignore("filters", "kernel_size", "depth_multiplier", "groups");
        ImageLayout layout = ImageLayout.of(call);
        INDArray kernel = call.weight("depthwise_kernel", 0);
        Map<String, Object> attributes = window(call, axes, sizes(kernel, axes));
        String weights = channelwise(call, kernel, axes, attributes);
        KerasTensor channels =
                layout.apply("Conv", layout.input(axes), List.of(weights), attributes);
        INDArray mixing = call.weight("pointwise_kernel", 1);
        String pointwise =
                call.graph()
                        .plain(call.constant("pointwise_kernel", outputsFirst(call, mixing, axes)));
        return finish(call, layout, channels, pointwise, new LinkedHashMap<>(), "bias", 2);
    }
}
