// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions; DL4J keeps weights as {@code [out, in, height, width]} in either format. */
final class ConvolutionLayers {

    private static final String WEIGHTS = "W";
    private static final String BIAS = "b";

    private ConvolutionLayers() {}

    static Activation convolution(VertexCall call, ConvolutionLayer layer) {
        Activation x = image(call, layer);
        String weights = call.constant(WEIGHTS, call.parameter(WEIGHTS));
        return activated(call, layer, convolve(call, layer, x, weights, 1));
    }

    /** Channel by channel; weights are {@code [height, width, channels, multiplier]}. */
    static Activation depthwise(VertexCall call, DepthwiseConvolution2D layer) {
        Activation x = image(call, layer);
        INDArray weights = call.parameter(WEIGHTS);
        long channels = weights.size(2);
        INDArray oneChannel =
                weights.permute(2, 3, 0, 1)
                        .dup('c')
                        .reshape(channels * weights.size(3), 1, weights.size(0), weights.size(1));
        String kernel = call.constant(WEIGHTS, oneChannel);
        return activated(call, layer, convolve(call, layer, x, kernel, channels));
    }

    /**
     * Depthwise without bias, weights {@code [multiplier, channels, height, width]}, then a 1x1
     * convolution.
     */
    static Activation separable(VertexCall call, SeparableConvolution2D layer) {
        Activation x = image(call, layer);
        INDArray depth = call.parameter(WEIGHTS);
        long channels = depth.size(1);
        INDArray oneChannel =
                depth.permute(1, 0, 2, 3)
                        .dup('c')
                        .reshape(channels * depth.size(0), 1, depth.size(2), depth.size(3));
        Map<String, Object> attributes = new LinkedHashMap<>(window(call, layer));
        attributes.put("group", channels);
        String middle =
                call.operator("Conv", attributes, x.tensor(), call.constant(WEIGHTS, oneChannel));
        String weights = call.constant("pW", call.parameter("pW"));
        return activated(
                call, layer, x.with(biased(call, layer, "Conv", Map.of(), middle, weights)));
    }

    /** Weights {@code [in, out, height, width]}. */
    static Activation transposed(VertexCall call, Deconvolution2D layer) {
        Activation x = image(call, layer);
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("strides", VertexCall.list(layer.getStride()));
        attributes.put("dilations", VertexCall.list(layer.getDilation()));
        attributes.put("pads", transposedPads(call, layer));
        String weights = call.constant(WEIGHTS, call.parameter(WEIGHTS));
        String result = biased(call, layer, "ConvTranspose", attributes, x.tensor(), weights);
        return activated(call, layer, x.with(result));
    }

    /** Mode Same gives stride times the input's size. */
    private static List<Long> transposedPads(VertexCall call, Deconvolution2D layer) {
        int[] kernel = layer.getKernelSize();
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        for (int axis = 0; axis < 2; axis++) {
            long extent = (kernel[axis] - 1L) * layer.getDilation()[axis] + 1;
            if (layer.getConvolutionMode() == ConvolutionMode.Same) {
                long total = extent - layer.getStride()[axis];
                if (total < 0) {
                    throw call.refuse("mode Same with a stride above the kernel is not supported");
                }
                before.add(total / 2);
                after.add(total - total / 2);
            } else {
                before.add((long) layer.getPadding()[axis]);
                after.add((long) layer.getPadding()[axis]);
            }
        }
        before.addAll(after);
        return before;
    }

    static Activation sequence(VertexCall call, Convolution1DLayer layer) {
        Activation x = call.input(3);
        call.requireFormat(x, layer.getRnnDataFormat() == RNNFormat.NWC);
        INDArray kernel = kernel(call, layer);
        long extent = (layer.getKernelSize()[0] - 1L) * layer.getDilation()[0] + 1;
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("strides", VertexCall.list(layer.getStride()[0]));
        attributes.put("dilations", VertexCall.list(layer.getDilation()[0]));
        long padding = layer.getPadding()[0];
        switch (layer.getConvolutionMode()) {
            case Same -> attributes.put("auto_pad", "SAME_UPPER");
            case Causal -> attributes.put("pads", List.of(extent - 1, 0L));
            default -> attributes.put("pads", List.of(padding, padding));
        }
        String weights = call.constant(WEIGHTS, kernel);
        String result = biased(call, layer, "Conv", attributes, x.tensor(), weights);
        return activated(call, layer, x.with(result));
    }

    /**
     * {@code [out, in, width]}. Channels first, DL4J reads the numbers of its {@code [out, in,
     * width, 1]} array as {@code [width, in, out]} without moving them.
     */
    private static INDArray kernel(VertexCall call, Convolution1DLayer layer) {
        INDArray weights = call.parameter(WEIGHTS);
        long out = weights.size(0);
        long in = weights.size(1);
        long width = weights.size(2);
        return layer.getRnnDataFormat() == RNNFormat.NWC
                ? weights.reshape(out, in, width)
                : weights.reshape(width, in, out).permute(2, 1, 0).dup('c');
    }

    private static Activation image(VertexCall call, ConvolutionLayer layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getCnn2dDataFormat() == CNN2DFormat.NHWC);
        return x;
    }

    private static Activation convolve(
            VertexCall call, ConvolutionLayer layer, Activation x, String weights, long groups) {
        Map<String, Object> attributes = new LinkedHashMap<>(window(call, layer));
        attributes.put("group", groups);
        return x.with(biased(call, layer, "Conv", attributes, x.tensor(), weights));
    }

    /** A convolution, with the layer's bias if it has one. */
    private static String biased(
            VertexCall call,
            ConvolutionLayer layer,
            String operator,
            Map<String, Object> attributes,
            String x,
            String weights) {
        return layer.hasBias()
                ? call.operator(operator, attributes, x, weights, call.vector(BIAS))
                : call.operator(operator, attributes, x, weights);
    }

    private static Map<String, Object> window(VertexCall call, ConvolutionLayer layer) {
        return PoolingLayers.window(
                call,
                layer.getConvolutionMode(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation());
    }

    private static Activation activated(VertexCall call, ConvolutionLayer layer, Activation x) {
        return ActivationFunctions.apply(call, layer.getActivationFn(), x);
    }
}
