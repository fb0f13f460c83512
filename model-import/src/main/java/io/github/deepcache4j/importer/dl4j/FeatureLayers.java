// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Layers with weights that are no convolutions. */
final class FeatureLayers {

    private FeatureLayers() {}

    static Activation dense(VertexCall call, DenseLayer layer) {
        if (layer.hasLayerNorm()) {
            throw call.refuse("hasLayerNorm=true is not supported");
        }
        return linear(call, layer.getActivationFn(), layer.hasBias());
    }

    static Activation output(VertexCall call, BaseOutputLayer layer) {
        return linear(call, layer.getActivationFn(), layer.hasBias());
    }

    private static Activation linear(VertexCall call, IActivation function, boolean bias) {
        Activation x = call.input(2);
        String product = call.operator("MatMul", x.tensor(), weights(call));
        String result = bias ? call.operator("Add", product, call.vector("b")) : product;
        return ActivationFunctions.apply(call, function, x.with(result));
    }

    private static String weights(VertexCall call) {
        return call.constant("W", call.parameter("W"));
    }

    /** A linear layer at every place of a sequence. */
    static Activation output(VertexCall call, RnnOutputLayer layer) {
        Activation x = call.input(3);
        call.requireFormat(x, layer.getRnnDataFormat() == RNNFormat.NWC);
        INDArray weights = call.parameter("W");
        INDArray kernel = weights.transpose().dup('c').reshape(weights.size(1), weights.size(0), 1);
        String w = call.constant("W", kernel);
        String result =
                layer.hasBias()
                        ? call.operator("Conv", x.tensor(), w, call.vector("b"))
                        : call.operator("Conv", x.tensor(), w);
        return ActivationFunctions.ofFeatures(call, layer.getActivationFn(), x.with(result));
    }

    /** By its recorded mean and variance. */
    static Activation normalization(VertexCall call, BatchNormalization layer) {
        Activation x = call.input();
        if (x.rank() == 4) {
            call.requireFormat(x, layer.getCnn2DFormat() == CNN2DFormat.NHWC);
        }
        INDArray mean = call.flat("mean");
        INDArray variance = layer.isUseLogStd() ? variance(call) : call.flat("var");
        long channels = mean.length();
        INDArray scale =
                layer.isLockGammaBeta()
                        ? Nd4j.valueArrayOf(new long[] {channels}, layer.getGamma(), DataType.FLOAT)
                        : call.flat("gamma");
        INDArray shift =
                layer.isLockGammaBeta()
                        ? Nd4j.valueArrayOf(new long[] {channels}, layer.getBeta(), DataType.FLOAT)
                        : call.flat("beta");
        return x.with(
                call.operator(
                        "BatchNormalization",
                        Map.of("epsilon", layer.getEps()),
                        x.tensor(),
                        call.constant("gamma", scale),
                        call.constant("beta", shift),
                        call.constant("mean", mean),
                        call.constant("var", variance)));
    }

    /** DL4J records log10 of the standard deviation. */
    private static INDArray variance(VertexCall call) {
        INDArray logarithm = call.flat("log10stdev");
        return Transforms.pow(
                Nd4j.valueArrayOf(logarithm.shape(), 100.0, DataType.FLOAT), logarithm);
    }

    /** A row of the weights for each number. */
    static Activation embedding(VertexCall call, EmbeddingLayer layer) {
        Activation x = call.input(2);
        String index = call.operator("Cast", Map.of("to", 7L), call.reshape(x.tensor(), -1));
        String rows = call.operator("Gather", weights(call), index);
        String result = layer.hasBias() ? call.operator("Add", rows, call.vector("b")) : rows;
        return ActivationFunctions.apply(call, layer.getActivationFn(), x.with(result));
    }

    /** A row of the weights for each number of a sequence. */
    static Activation embedding(VertexCall call, EmbeddingSequenceLayer layer) {
        Activation x = call.input(2);
        String index = call.operator("Cast", Map.of("to", 7L), x.tensor());
        String rows = call.operator("Gather", weights(call), index);
        String sum = layer.hasBias() ? call.operator("Add", rows, call.vector("b")) : rows;
        Activation result =
                new Activation(
                        call.transpose(sum, VertexCall.list(0, 2, 1)),
                        3,
                        layer.getOutputFormat() == RNNFormat.NWC);
        return ActivationFunctions.apply(call, layer.getActivationFn(), result);
    }

    /** A slope for negative elements, one for each element of an example or shared along axes. */
    static Activation prelu(VertexCall call) {
        Activation x = call.input();
        INDArray slope = call.parameter("W");
        if (slope.rank() != x.rank()) {
            slope = slope.reshape('c', expanded(slope.shape()));
        }
        Activation own = call.fromDl4j(call.constant("W", slope), x.rank(), x.channelsLast());
        return x.with(call.operator("PRelu", x.tensor(), own.tensor()));
    }

    private static long[] expanded(long[] shape) {
        long[] more = new long[shape.length + 1];
        more[0] = 1;
        System.arraycopy(shape, 0, more, 1, shape.length);
        return more;
    }

    static Activation scaled(VertexCall call, ElementWiseMultiplicationLayer layer) {
        Activation x = call.input(2);
        String scaled = call.operator("Mul", x.tensor(), call.vector("W"));
        String result = call.operator("Add", scaled, call.vector("b"));
        return ActivationFunctions.apply(call, layer.getActivationFn(), x.with(result));
    }
}
