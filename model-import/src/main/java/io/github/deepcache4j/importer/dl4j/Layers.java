// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;

/**
 * How each class of layer is imported. A class is looked up exactly: a subclass may compute
 * something else.
 */
final class Layers {

    private static final Map<Class<?>, BiFunction<VertexCall, Layer, Activation>> KNOWN =
            new LinkedHashMap<>();

    static {
        put(ConvolutionLayer.class, ConvolutionLayers::convolution);
        put(DepthwiseConvolution2D.class, ConvolutionLayers::depthwise);
        put(SeparableConvolution2D.class, ConvolutionLayers::separable);
        put(Deconvolution2D.class, ConvolutionLayers::transposed);
        put(Convolution1DLayer.class, ConvolutionLayers::sequence);
        put(SubsamplingLayer.class, PoolingLayers::images);
        put(Subsampling1DLayer.class, PoolingLayers::sequences);
        put(GlobalPoolingLayer.class, PoolingLayers::everything);
        put(DenseLayer.class, FeatureLayers::dense);
        put(OutputLayer.class, (call, layer) -> FeatureLayers.output(call, layer));
        put(CenterLossOutputLayer.class, (call, layer) -> FeatureLayers.output(call, layer));
        put(RnnOutputLayer.class, (call, layer) -> FeatureLayers.output(call, layer));
        put(BatchNormalization.class, FeatureLayers::normalization);
        put(EmbeddingLayer.class, (call, layer) -> FeatureLayers.embedding(call, layer));
        put(EmbeddingSequenceLayer.class, (call, layer) -> FeatureLayers.embedding(call, layer));
        put(PReLULayer.class, (call, layer) -> FeatureLayers.prelu(call));
        put(ElementWiseMultiplicationLayer.class, FeatureLayers::scaled);
        put(Upsampling1D.class, (call, layer) -> ShapeLayers.upsampling(call, layer));
        put(Upsampling2D.class, (call, layer) -> ShapeLayers.upsampling(call, layer));
        put(ZeroPadding1DLayer.class, (call, layer) -> ShapeLayers.padding(call, layer));
        put(ZeroPaddingLayer.class, (call, layer) -> ShapeLayers.padding(call, layer));
        put(Cropping1D.class, (call, layer) -> ShapeLayers.cropping(call, layer));
        put(Cropping2D.class, (call, layer) -> ShapeLayers.cropping(call, layer));
        put(SpaceToDepthLayer.class, ShapeLayers::spaceToDepth);
        put(RepeatVector.class, ShapeLayers::repeated);
        put(DropoutLayer.class, (call, layer) -> call.input());
        put(
                ActivationLayer.class,
                (call, layer) ->
                        ActivationFunctions.apply(call, layer.getActivationFn(), call.input()));
        put(
                LossLayer.class,
                (call, layer) ->
                        ActivationFunctions.apply(call, layer.getActivationFn(), call.input(2)));
        put(
                RnnLossLayer.class,
                (call, layer) ->
                        ActivationFunctions.ofFeatures(
                                call, layer.getActivationFn(), call.input(3)));
        put(CnnLossLayer.class, Layers::loss);
    }

    private Layers() {}

    @SuppressWarnings("unchecked")
    private static <L extends Layer> void put(
            Class<L> type, BiFunction<VertexCall, L, Activation> importer) {
        KNOWN.put(type, (BiFunction<VertexCall, Layer, Activation>) importer);
    }

    /** The class of a layer that cannot be imported. */
    static Optional<String> missing(Layer layer) {
        Layer inner = unwrapped(layer);
        return KNOWN.containsKey(inner.getClass())
                ? Optional.empty()
                : Optional.of(inner.getClass().getName());
    }

    static Activation lower(VertexCall call, Layer layer) {
        Layer inner = unwrapped(layer);
        return Objects.requireNonNull(KNOWN.get(inner.getClass())).apply(call, inner);
    }

    /** Frozen layers differ in training only. */
    private static Layer unwrapped(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return unwrapped(frozen.getLayer());
        }
        return layer instanceof FrozenLayerWithBackprop frozen
                ? unwrapped(frozen.getUnderlying())
                : layer;
    }

    private static Activation loss(VertexCall call, CnnLossLayer layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getFormat() == CNN2DFormat.NHWC);
        return ActivationFunctions.ofFeatures(call, layer.getActivationFn(), x);
    }
}
