// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Transposed convolutions. How much of the whole result is cut away, or how many zeros follow it,
 * is what TensorFlow makes of the result's length ({@code compute_conv_transpose_output_length} in
 * keras/src/backend/common/backend_utils.py).
 */
final class TransposedConvolutionLayers {

    private TransposedConvolutionLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "Conv1DTranspose", call -> transposed(call, 1),
                "Conv2DTranspose", call -> transposed(call, 2),
                "Convolution1DTranspose", call -> transposed(call, 1),
                "Convolution2DTranspose", call -> transposed(call, 2));
    }

    private static List<KerasTensor> transposed(LayerCall call, int axes) {
        call.config().ignore("filters", "kernel_size");
        call.config().require("groups", "1");
        ImageLayout layout = ImageLayout.of(call);
        KerasTensor x = layout.input(axes);
        INDArray kernel = call.weight("kernel", 0);
        ConvolutionLayers.requireRank(call, kernel, axes + 2);
        List<Long> strides = call.config().perAxis("strides", axes, 1);
        List<Long> dilations = call.config().perAxis("dilation_rate", axes, 1);
        String padding = call.config().text("padding", "valid");
        boolean same = ConvolutionLayers.autoPad(call, padding).equals("SAME_UPPER");
        Optional<List<Long>> given = call.config().integers("output_padding");
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        List<Long> added = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            long extent = (kernel.size(axis) - 1) * dilations.get(axis) + 1;
            int place = axis;
            long cut =
                    given.map(all -> all.get(all.size() == 1 ? 0 : place))
                            .map(more -> (same ? 2 * (extent / 2) : 0) - more)
                            .orElse(
                                    same || extent < strides.get(axis)
                                            ? extent - strides.get(axis)
                                            : 0);
            before.add(Math.max(0, cut) / 2);
            after.add(Math.max(0, cut) - Math.max(0, cut) / 2);
            added.add(Math.max(0, -cut));
        }
        before.addAll(after);
        Map<String, Object> attributes =
                Map.of(
                        "strides", strides,
                        "dilations", dilations,
                        "pads", before,
                        "output_padding", added);
        List<String> operands = new ArrayList<>();
        operands.add(call.graph().plain(call.constant("kernel", inputsFirst(kernel, axes))));
        if (call.config().flag("use_bias", true)) {
            operands.add(call.graph().plain(call.constant("bias", call.weight("bias", 1))));
        }
        KerasTensor result = layout.apply("ConvTranspose", x, operands, attributes);
        return List.of(Activations.apply(call, result));
    }

    /** Keras' {@code [..., outputs, inputs]} as ONNX' {@code [inputs, outputs, ...]}. */
    private static INDArray inputsFirst(INDArray kernel, int axes) {
        int[] order =
                IntStream.concat(IntStream.of(axes + 1, axes), IntStream.range(0, axes)).toArray();
        return kernel.permute(order).dup('c');
    }
}
