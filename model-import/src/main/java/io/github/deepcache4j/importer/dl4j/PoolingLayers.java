// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.factory.Nd4j;

/** Pooling of images, of sequences, and of all there is. */
final class PoolingLayers {

    private PoolingLayers() {}

    static Activation images(VertexCall call, SubsamplingLayer layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getCnn2dDataFormat() == CNN2DFormat.NHWC);
        return pool(
                call,
                layer,
                x,
                layer.getKernelSize(),
                window(
                        call,
                        layer.getConvolutionMode(),
                        layer.getStride(),
                        layer.getPadding(),
                        layer.getDilation()));
    }

    static Activation sequences(VertexCall call, Subsampling1DLayer layer) {
        Activation x = call.input(3);
        return pool(
                call,
                layer,
                x,
                new int[] {layer.getKernelSize()[0]},
                window(
                        call,
                        layer.getConvolutionMode(),
                        new int[] {layer.getStride()[0]},
                        new int[] {layer.getPadding()[0]},
                        new int[] {layer.getDilation()[0]}));
    }

    /** Strides, dilations and padding of a window; Strict and Truncate differ in errors only. */
    static Map<String, Object> window(
            VertexCall call, ConvolutionMode mode, int[] stride, int[] padding, int[] dilation) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("strides", VertexCall.list(stride));
        attributes.put("dilations", VertexCall.list(dilation));
        if (mode == ConvolutionMode.Same) {
            attributes.put("auto_pad", "SAME_UPPER");
        } else if (mode == ConvolutionMode.Strict || mode == ConvolutionMode.Truncate) {
            int[] both = IntStream.concat(IntStream.of(padding), IntStream.of(padding)).toArray();
            attributes.put("pads", VertexCall.list(both));
        } else {
            throw call.refuse("convolution mode " + mode + " is not supported");
        }
        return attributes;
    }

    private static Activation pool(
            VertexCall call,
            SubsamplingLayer layer,
            Activation x,
            int[] kernel,
            Map<String, Object> window) {
        Map<String, Object> attributes = new LinkedHashMap<>(window);
        attributes.put("kernel_shape", VertexCall.list(kernel));
        if (layer.getPoolingType() == PoolingType.MAX) {
            return x.with(call.operator("MaxPool", attributes, x.tensor()));
        }
        if (layer.getPoolingType() == PoolingType.AVG) {
            long counted = layer.isAvgPoolIncludePadInDivisor() ? 1 : 0;
            attributes.put("count_include_pad", counted);
            return x.with(call.operator("AveragePool", attributes, x.tensor()));
        }
        throw call.refuse("pooling type " + layer.getPoolingType() + " is not supported");
    }

    /** Over all axes behind the features, or those that are named. */
    static Activation everything(VertexCall call, GlobalPoolingLayer layer) {
        Activation x = call.input();
        int[] named = layer.getPoolingDimensions();
        long[] axes =
                named == null || named.length == 0
                        ? IntStream.range(2, x.rank()).asLongStream().toArray()
                        : IntStream.of(named).mapToLong(axis -> call.axis(x, axis)).toArray();
        String operator =
                switch (layer.getPoolingType()) {
                    case AVG -> "ReduceMean";
                    case MAX -> "ReduceMax";
                    case SUM -> "ReduceSum";
                    default ->
                            throw call.refuse(
                                    "pooling type " + layer.getPoolingType() + " is not supported");
                };
        long kept = layer.isCollapseDimensions() ? 0 : 1;
        String result =
                call.operator(operator, Map.of("keepdims", kept), x.tensor(), call.longs(axes));
        return kept == 1 ? x.with(result) : new Activation(result, x.rank() - axes.length, false);
    }

    /** Every element repeated along the axes behind the features. */
    static Activation upsampled(VertexCall call, Activation x, int... size) {
        float[] scales = new float[x.rank()];
        Arrays.fill(scales, 1);
        for (int axis = 2; axis < x.rank(); axis++) {
            scales[axis] = size[Math.min(axis - 2, size.length - 1)];
        }
        Map<String, Object> nearest =
                Map.of(
                        "mode", "nearest",
                        "coordinate_transformation_mode", "asymmetric",
                        "nearest_mode", "floor");
        String factors = call.constant("scales", Nd4j.createFromArray(scales));
        return x.with(call.operator("Resize", nearest, x.tensor(), "", factors));
    }
}
