// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/**
 * Axes and format of a network's input, which DL4J does not record: those that the first layer
 * behind it needs.
 */
record InputForm(int rank, boolean channelsLast) {

    /**
     * The form of an input.
     *
     * @return empty if nothing behind it tells
     */
    static Optional<InputForm> of(ComputationGraphConfiguration network, String input) {
        for (Map.Entry<String, GraphVertex> entry : network.getVertices().entrySet()) {
            List<String> inputs = network.getVertexInputs().getOrDefault(entry.getKey(), List.of());
            if (inputs.contains(input)) {
                Optional<InputForm> needed = needed(entry.getValue());
                // what keeps the form tells it by what comes next
                Optional<InputForm> form =
                        needed.isPresent() || !keepsForm(entry.getValue())
                                ? needed
                                : of(network, entry.getKey());
                if (form.isPresent()) {
                    return form;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean keepsForm(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            Layer inner = layer.getLayerConf().getLayer();
            return inner instanceof ActivationLayer
                    || inner instanceof DropoutLayer
                    || inner instanceof BatchNormalization;
        }
        return !(vertex instanceof PreprocessorVertex);
    }

    private static Optional<InputForm> needed(GraphVertex vertex) {
        if (vertex instanceof PreprocessorVertex preprocessor) {
            return before(preprocessor.getPreProcessor());
        }
        if (!(vertex instanceof LayerVertex layer)) {
            return Optional.empty();
        }
        return layer.getPreProcessor() != null
                ? before(layer.getPreProcessor())
                : needed(layer.getLayerConf().getLayer());
    }

    private static Optional<InputForm> before(InputPreProcessor preprocessor) {
        if (preprocessor instanceof CnnToFeedForwardPreProcessor images) {
            return image(images.getFormat());
        }
        return preprocessor instanceof RnnToFeedForwardPreProcessor sequence
                ? sequence(sequence.getRnnDataFormat())
                : Optional.of(new InputForm(2, false));
    }

    private static Optional<InputForm> needed(Layer layer) {
        if (layer instanceof Convolution1DLayer convolution) {
            return sequence(convolution.getRnnDataFormat());
        } else if (layer instanceof Subsampling1DLayer
                || layer instanceof Upsampling1D
                || layer instanceof ZeroPadding1DLayer
                || layer instanceof Cropping1D) {
            return sequence(RNNFormat.NCW);
        } else if (layer instanceof RnnOutputLayer output) {
            return sequence(output.getRnnDataFormat());
        } else if (layer instanceof RnnLossLayer loss) {
            return sequence(loss.getRnnDataFormat());
        } else if (layer instanceof CnnLossLayer loss) {
            return image(loss.getFormat());
        } else if (layer instanceof ConvolutionLayer convolution) {
            return image(convolution.getCnn2dDataFormat());
        } else if (layer instanceof SubsamplingLayer pooling) {
            return image(pooling.getCnn2dDataFormat());
        } else if (layer instanceof Upsampling2D upsampling) {
            return image(upsampling.getFormat());
        } else if (layer instanceof ZeroPaddingLayer padding) {
            return image(padding.getDataFormat());
        } else if (layer instanceof SpaceToDepthLayer blocks) {
            return image(blocks.getDataFormat());
        } else if (layer instanceof Cropping2D cropping) {
            return image(cropping.getDataFormat());
        }
        return layer instanceof FeedForwardLayer && !(layer instanceof BatchNormalization)
                ? Optional.of(new InputForm(2, false))
                : Optional.empty();
    }

    private static Optional<InputForm> image(CNN2DFormat format) {
        return Optional.of(new InputForm(4, format == CNN2DFormat.NHWC));
    }

    private static Optional<InputForm> sequence(RNNFormat format) {
        return Optional.of(new InputForm(3, format == RNNFormat.NWC));
    }

    /** Names of the sizes, all of them open, in DL4J's order. */
    List<String> sizes() {
        return switch (rank) {
            case 2 -> List.of("batch", "features");
            case 3 ->
                    channelsLast
                            ? List.of("batch", "time", "channels")
                            : List.of("batch", "channels", "time");
            default ->
                    channelsLast
                            ? List.of("batch", "height", "width", "channels")
                            : List.of("batch", "channels", "height", "width");
        };
    }
}
