// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
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
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
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
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Every layer, with its options, gives what {@code ComputationGraph.output} gives. */
class Dl4jLayersTest {

    private static final double TOLERANCE = 1e-5;

    private static final InputType IMAGE = InputType.convolutional(9, 7, 4);
    private static final InputType LAST = InputType.convolutional(9, 7, 4, CNN2DFormat.NHWC);
    private static final InputType SEQUENCE = InputType.recurrent(4, 11);
    private static final InputType FEATURES = InputType.feedForward(6);

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void images(String name, org.deeplearning4j.nn.conf.layers.Layer layer) {
        assertSame(
                Networks.sequence(IMAGE, new ZeroPaddingLayer.Builder(0, 0).build(), layer),
                Nd4j.randn(DataType.FLOAT, 2, 4, 9, 7));
    }

    static Stream<Arguments> images() {
        return Stream.of(
                row("same", conv(3, 3).convolutionMode(ConvolutionMode.Same).build()),
                row("strided", conv(3, 2).stride(2, 1).padding(1, 0).build()),
                row("dilated", conv(2, 3).dilation(2, 2).hasBias(false).build()),
                row(
                        "same, strided and dilated",
                        conv(3, 3)
                                .convolutionMode(ConvolutionMode.Same)
                                .stride(2, 2)
                                .activation(Activation.SWISH)
                                .build()),
                row(
                        "strict",
                        conv(3, 3).convolutionMode(ConvolutionMode.Strict).stride(2, 2).build()),
                row(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .nOut(8)
                                .build()),
                row(
                        "separable",
                        new SeparableConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build()),
                row("transposed", new Deconvolution2D.Builder(3, 3).nOut(5).stride(2, 2).build()),
                row(
                        "transposed, padded",
                        new Deconvolution2D.Builder(4, 3)
                                .nOut(5)
                                .stride(2, 1)
                                .padding(1, 1)
                                .build()),
                row("transposed, same", transposedSame(2, 2)),
                row("transposed, same, uneven", transposedSame(3, 2)),
                row("transposed, same, stride 1", transposedSame(3, 1)),
                row("max", pool(PoolingType.MAX).build()),
                row("average", pool(PoolingType.AVG).padding(1, 1).build()),
                row(
                        "average, same",
                        pool(PoolingType.AVG).convolutionMode(ConvolutionMode.Same).build()),
                row(
                        "max, same",
                        pool(PoolingType.MAX).convolutionMode(ConvolutionMode.Same).build()),
                row("everything averaged", new GlobalPoolingLayer(PoolingType.AVG)),
                row("everything's maximum", new GlobalPoolingLayer(PoolingType.MAX)),
                row("everything's sum", new GlobalPoolingLayer(PoolingType.SUM)),
                row(
                        "everything averaged, axes kept",
                        new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                .collapseDimensions(false)
                                .build()),
                row("normalised", new BatchNormalization.Builder().eps(1e-3).build()),
                row(
                        "normalised, logarithm",
                        new BatchNormalization.Builder().useLogStd(true).build()),
                row(
                        "normalised, locked",
                        new BatchNormalization.Builder()
                                .lockGammaBeta(true)
                                .gamma(1.5)
                                .beta(0.5)
                                .build()),
                row("up", new Upsampling2D.Builder(2).build()),
                row("up, uneven", new Upsampling2D.Builder().size(new int[] {3, 2}).build()),
                row("padded", new ZeroPaddingLayer.Builder(1, 2, 3, 0).build()),
                row("cropped", new Cropping2D.Builder(1, 2, 0, 3).build()),
                row("frozen", new FrozenLayer(new Cropping2D.Builder(1, 0, 1, 0).build())),
                row("prelu", new PReLULayer.Builder().inputShape(4, 9, 7).build()),
                row(
                        "prelu, shared",
                        new PReLULayer.Builder().inputShape(4, 9, 7).sharedAxes(2, 3).build()),
                row("softmax", new ActivationLayer(Activation.SOFTMAX)),
                row("dropout", new DropoutLayer.Builder(0.5).build()),
                row(
                        "loss",
                        new CnnLossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build()),
                row("dense", new DenseLayer.Builder().nOut(3).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void channelsLast(String name, org.deeplearning4j.nn.conf.layers.Layer layer) {
        assertSame(
                Networks.sequence(
                        LAST,
                        new ZeroPaddingLayer.Builder(0, 0).dataFormat(CNN2DFormat.NHWC).build(),
                        layer),
                Nd4j.randn(DataType.FLOAT, 2, 9, 7, 4));
    }

    static Stream<Arguments> channelsLast() {
        return Stream.of(
                row("convolution", conv(3, 2).dataFormat(CNN2DFormat.NHWC).stride(2, 1).build()),
                row(
                        "softmax",
                        conv(3, 3)
                                .dataFormat(CNN2DFormat.NHWC)
                                .activation(Activation.SOFTMAX)
                                .build()),
                row(
                        "average",
                        pool(PoolingType.AVG)
                                .dataFormat(CNN2DFormat.NHWC)
                                .convolutionMode(ConvolutionMode.Same)
                                .build()),
                row(
                        "normalised",
                        new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build()),
                row("up", new Upsampling2D.Builder(2).dataFormat(CNN2DFormat.NHWC).build()),
                row(
                        "padded",
                        new ZeroPaddingLayer.Builder(1, 2, 3, 0)
                                .dataFormat(CNN2DFormat.NHWC)
                                .build()),
                row(
                        "cropped",
                        new Cropping2D.Builder(1, 2, 0, 3).dataFormat(CNN2DFormat.NHWC).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void sequences(String name, org.deeplearning4j.nn.conf.layers.Layer layer) {
        assertSame(
                Networks.sequence(SEQUENCE, new ZeroPadding1DLayer.Builder(0).build(), layer),
                Nd4j.randn(DataType.FLOAT, 2, 4, 11));
    }

    static Stream<Arguments> sequences() {
        return Stream.of(
                row("convolution", conv1d().padding(1).build()),
                row("same", conv1d().convolutionMode(ConvolutionMode.Same).stride(2).build()),
                row("causal", conv1d().convolutionMode(ConvolutionMode.Causal).dilation(2).build()),
                row(
                        "max",
                        new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.MAX, 2, 2)
                                .build()),
                row(
                        "average",
                        new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.AVG, 3, 1)
                                .build()),
                row("everything", new GlobalPoolingLayer(PoolingType.AVG)),
                row("up", new Upsampling1D.Builder(2).build()),
                row("padded", new ZeroPadding1DLayer.Builder(2, 1).build()),
                row("cropped", new Cropping1D.Builder(2, 1).build()),
                row("dense", new DenseLayer.Builder().nOut(3).build()),
                row(
                        "output",
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build()),
                row(
                        "loss",
                        new RnnLossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.SOFTMAX)
                                .build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void features(String name, org.deeplearning4j.nn.conf.layers.Layer layer) {
        assertSame(
                Networks.sequence(FEATURES, new DenseLayer.Builder().nOut(6).build(), layer),
                Nd4j.randn(DataType.FLOAT, 3, 6));
    }

    static Stream<Arguments> features() {
        return Stream.of(
                row("normalised", new BatchNormalization()),
                row("scaled", new ElementWiseMultiplicationLayer.Builder().nIn(6).nOut(6).build()),
                row("prelu", new PReLULayer.Builder().inputShape(6).build()),
                row("repeated", new RepeatVector.Builder(5).build()),
                row(
                        "output",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(4)
                                .activation(Activation.SOFTMAX)
                                .build()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RATIONALTANH", "RRELU"})
    void activations(Activation function) {
        assertSame(
                Networks.sequence(
                        FEATURES, new DenseLayer.Builder().nOut(40).activation(function).build()),
                Nd4j.randn(DataType.FLOAT, 3, 6).mul(3));
    }

    @ParameterizedTest
    @EnumSource(RNNFormat.class)
    void embeddings(RNNFormat format) {
        INDArray indices = Nd4j.createFromArray(new float[][] {{3, 0, 8}, {1, 1, 5}});
        assertSame(
                Networks.sequence(
                        InputType.recurrent(9, 3),
                        new EmbeddingSequenceLayer.Builder()
                                .nIn(9)
                                .nOut(5)
                                .outputDataFormat(format)
                                .inputLength(3)
                                .build()),
                indices);
        assertSame(
                Networks.sequence(
                        InputType.feedForward(9),
                        new EmbeddingLayer.Builder().nIn(9).nOut(5).hasBias(true).build()),
                Nd4j.createFromArray(new float[][] {{7}, {2}}));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void blocks(CNN2DFormat format) {
        boolean last = format == CNN2DFormat.NHWC;
        assertSame(
                Networks.sequence(
                        InputType.convolutional(8, 6, 4, format),
                        new SpaceToDepthLayer.Builder(2).dataFormat(format).build()),
                last
                        ? Nd4j.randn(DataType.FLOAT, 2, 8, 6, 4)
                        : Nd4j.randn(DataType.FLOAT, 2, 4, 8, 6));
    }

    static void assertSame(ComputationGraph network, INDArray input) {
        ImportedGraph graph =
                Dl4jImporter.of(network).at(ImportOptions.none().withShape("in", input.shape()));
        String output = graph.outputs().get(0).name();
        INDArray expected = network.outputSingle(input).castTo(DataType.FLOAT).dup('c');
        INDArray actual = graph.sameDiff().output(Map.of("in", input), output).get(output);
        ParityCheck check = ParityCheck.compare(Map.of(output, actual), Map.of(output, expected));
        assertTrue(check.within(TOLERANCE), check::toString);
    }

    private static Arguments row(String name, org.deeplearning4j.nn.conf.layers.Layer layer) {
        return Arguments.of(name, layer);
    }

    private static ConvolutionLayer.Builder conv(int height, int width) {
        return new ConvolutionLayer.Builder(height, width).nOut(5);
    }

    private static Convolution1DLayer.Builder conv1d() {
        return new Convolution1DLayer.Builder().kernelSize(3).nOut(5);
    }

    private static SubsamplingLayer.Builder pool(PoolingType type) {
        return new SubsamplingLayer.Builder(type).kernelSize(3, 2).stride(2, 2);
    }

    private static Deconvolution2D transposedSame(int kernel, int stride) {
        return new Deconvolution2D.Builder(kernel, kernel)
                .nOut(5)
                .stride(stride, stride)
                .convolutionMode(ConvolutionMode.Same)
                .build();
    }
}
