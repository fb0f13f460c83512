// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;

/**
 * Transposed convolutions.
 *
 * <pre>
 *   x ─ deconv2d without padding ─ crop what pads take away, append what output_padding gives ─ add bias
 * </pre>
 *
 * <p>Without padding ND4J's result is the whole one, of size (n - 1) stride + extent of the window;
 * every form of padding is a part of it. Dilated weights are spread, groups are split.
 */
final class TransposedConvolutionOps {

    private TransposedConvolutionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("ConvTranspose", TransposedConvolutionOps::emit);
    }

    private static List<SDVariable> emit(Emission e) {
        e.requireType(0, DataType.FLOAT);
        Shape x = e.shape(0);
        Shape w = e.shape(1);
        long groups = e.integer("group", 1);
        if ((x.rank() != 3 && x.rank() != 4) || w.rank() != x.rank()) {
            throw e.refuse(
                    "a tensor of rank " + x.rank() + " is not supported, only 1-D and 2-D ones");
        }
        if (w.size(0) != x.size(1) || w.size(0) % groups != 0) {
            throw e.refuse("weights of shape " + w + " do not fit an input of shape " + x);
        }
        e.ignore("kernel_shape");
        List<Long> added =
                e.integers("output_padding").orElse(Collections.nCopies(x.rank() - 2, 0L));
        Window window = window(e, added);
        if (x.rank() == 4) {
            return List.of(whole(e, e.in(0), e.in(1), window, added, groups));
        }
        SDVariable image = e.reshape(e.in(0), Shape.of(x.size(0), x.size(1), 1, x.size(2)));
        SDVariable kernel = e.reshape(e.in(1), Shape.of(w.size(0), w.size(1), 1, w.size(2)));
        SDVariable result =
                whole(e, image, kernel, window.asImage(), List.of(0L, added.get(0)), groups);
        Shape shape = e.shape(result);
        return List.of(e.reshape(result, Shape.of(shape.size(0), shape.size(1), shape.size(3))));
    }

    /**
     * {@code auto_pad} means other padding here than where a window slides: as much as makes the
     * result a stride longer for each element; and {@code output_shape} goes before {@code pads}.
     */
    private static Window window(Emission e, List<Long> added) {
        Shape x = e.shape(0);
        List<Long> sizes = e.shape(1).sizes().subList(2, x.rank());
        String auto = e.text("auto_pad", "NOTSET");
        List<Long> strides = e.integers("strides").orElse(Collections.nCopies(sizes.size(), 1L));
        List<Long> dilations =
                e.integers("dilations").orElse(Collections.nCopies(sizes.size(), 1L));
        List<Long> pads = e.integers("pads").orElse(Collections.nCopies(2 * sizes.size(), 0L));
        List<Long> shape = e.integers("output_shape").orElse(List.of());
        boolean same = auto.startsWith("SAME_");
        if (!same && !auto.equals("NOTSET") && !auto.equals("VALID")) {
            throw e.refuse("attribute auto_pad=" + auto + " is not supported");
        }
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            if (!same && shape.isEmpty()) {
                boolean none = auto.equals("VALID");
                before.add(none ? 0 : pads.get(axis));
                after.add(none ? 0 : pads.get(axis + sizes.size()));
                continue;
            }
            long wanted =
                    shape.isEmpty()
                            ? x.size(axis + 2) * strides.get(axis)
                            : shape.get(shape.size() - sizes.size() + axis);
            long extent = (sizes.get(axis) - 1) * dilations.get(axis) + 1;
            long total =
                    strides.get(axis) * (x.size(axis + 2) - 1) + added.get(axis) + extent - wanted;
            // a result longer than the whole one gets zeros at its end
            long less = Math.max(0, total) / 2;
            boolean moreAfter = auto.equals("SAME_UPPER") || total < 0;
            before.add(moreAfter ? less : total - less);
            after.add(moreAfter ? total - less : less);
        }
        return new Window(sizes, strides, dilations, before, after);
    }

    private static SDVariable whole(
            Emission e,
            SDVariable x,
            SDVariable weights,
            Window window,
            List<Long> added,
            long groups) {
        SDVariable kernel = ZeroInsertion.between(e, weights, window.dilations());
        SDVariable full =
                groups == 1
                        ? deconvolve(e, x, kernel, window.spread())
                        : grouped(e, x, kernel, window.spread(), Math.toIntExact(groups));
        long[] before = {0, 0, -window.before().get(0), -window.before().get(1)};
        long[] after = {
            0, 0, added.get(0) - window.after().get(0), added.get(1) - window.after().get(1)
        };
        SDVariable result = PadOps.withConstant(e, full, before, after, 0);
        return e.has(2) ? ConvolutionOps.withBias(e, result) : result;
    }

    private static SDVariable grouped(
            Emission e, SDVariable x, SDVariable kernel, Window window, int groups) {
        SDVariable[] inputs = e.sameDiff().split(x, groups, 1);
        SDVariable[] kernels = e.sameDiff().split(kernel, groups, 0);
        List<SDVariable> results = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            results.add(deconvolve(e, inputs[group], kernels[group], window));
        }
        return e.sameDiff().concat(1, results.toArray(SDVariable[]::new));
    }

    /** ND4J wants the weights {@code [height, width, outputs, inputs]}. */
    private static SDVariable deconvolve(
            Emission e, SDVariable x, SDVariable kernel, Window window) {
        DeConv2DConfig config =
                DeConv2DConfig.builder()
                        .kH(window.sizes().get(0))
                        .kW(window.sizes().get(1))
                        .sH(window.strides().get(0))
                        .sW(window.strides().get(1))
                        .pH(0)
                        .pW(0)
                        .dH(1)
                        .dW(1)
                        .isSameMode(false)
                        .dataFormat(DeConv2DConfig.NCHW)
                        .build();
        return e.sameDiff().cnn().deconv2d(x, e.permute(kernel, 2, 3, 1, 0), config);
    }
}
