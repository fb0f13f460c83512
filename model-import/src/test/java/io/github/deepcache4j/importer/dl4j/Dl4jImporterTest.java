// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.UNetImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of several vertices, files, and what is refused. */
class Dl4jImporterTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void skipsAndMerges(CNN2DFormat format) {
        boolean last = format == CNN2DFormat.NHWC;
        INDArray image =
                last
                        ? Nd4j.randn(DataType.FLOAT, 2, 8, 8, 3)
                        : Nd4j.randn(DataType.FLOAT, 2, 3, 8, 8);
        Dl4jLayersTest.assertSame(small(format), image);
    }

    private static ComputationGraph small(CNN2DFormat format) {
        return Networks.init(
                Networks.graph()
                        .addInputs("in")
                        .setInputTypes(InputType.convolutional(8, 8, 3, format))
                        .addLayer("down", conv(format, 4), "in")
                        .addLayer(
                                "pool",
                                new SubsamplingLayer.Builder(2, 2)
                                        .stride(2, 2)
                                        .dataFormat(format)
                                        .build(),
                                "down")
                        .addLayer("deep", conv(format, 4), "pool")
                        .addLayer(
                                "up",
                                new Upsampling2D.Builder(2).dataFormat(format).build(),
                                "deep")
                        .addVertex("skip", new MergeVertex(), "down", "up")
                        .addVertex(
                                "sum",
                                new ElementWiseVertex(ElementWiseVertex.Op.Add),
                                "down",
                                "up")
                        .addVertex("all", new MergeVertex(), "skip", "sum")
                        .addLayer("out", conv(format, 2), "all")
                        .setOutputs("out"));
    }

    private static ConvolutionLayer conv(CNN2DFormat format, int channels) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(channels)
                .convolutionMode(ConvolutionMode.Same)
                .dataFormat(format)
                .build();
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementWiseVertex.Op.class,
            names = {"Add", "Subtract", "Product", "Average", "Max"})
    void vertices(ElementWiseVertex.Op op) {
        ComputationGraph network =
                Networks.init(
                        Networks.graph()
                                .addInputs("in")
                                .setInputTypes(InputType.feedForward(6))
                                .addLayer("a", new DenseLayer.Builder().nOut(6).build(), "in")
                                .addLayer("b", new DenseLayer.Builder().nOut(6).build(), "in")
                                .addVertex("both", new ElementWiseVertex(op), "a", "b")
                                .addVertex("scaled", new ScaleVertex(0.7), "both")
                                .addVertex("shifted", new ShiftVertex(-0.3), "scaled")
                                .addVertex("some", new SubsetVertex(1, 4), "shifted")
                                .addVertex("unit", new L2NormalizeVertex(), "some")
                                .addVertex("square", new ReshapeVertex(-1, 2, 2, 1), "unit")
                                .setOutputs("square"));
        Dl4jLayersTest.assertSame(network, Nd4j.randn(DataType.FLOAT, 3, 6));
    }

    @Test
    void preprocessors() {
        ComputationGraph images =
                Networks.init(
                        Networks.graph()
                                .addInputs("in")
                                .addLayer(
                                        "image",
                                        new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).build(),
                                        new FeedForwardToCnnPreProcessor(4, 5, 3),
                                        "in")
                                .setOutputs("image"));
        Dl4jLayersTest.assertSame(images, Nd4j.randn(DataType.FLOAT, 2, 60));
        ComputationGraph sequences =
                Networks.sequence(
                        InputType.recurrent(4, 7, RNNFormat.NCW),
                        new Convolution1DLayer.Builder(3).nOut(5).build(),
                        new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build(),
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build());
        Dl4jLayersTest.assertSame(sequences, Nd4j.randn(DataType.FLOAT, 2, 4, 7));
    }

    @Test
    void layersOneBehindAnother() throws IOException {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(3)
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(3, 3)
                                                .nOut(4)
                                                .activation(Activation.RELU)
                                                .build())
                                .layer(new SubsamplingLayer.Builder(2, 2).stride(2, 2).build())
                                .layer(
                                        new OutputLayer.Builder(LossFunction.MCXENT)
                                                .nOut(5)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(8, 8, 3))
                                .build());
        network.init();
        INDArray image = Nd4j.randn(DataType.FLOAT, 2, 3, 8, 8);
        INDArray expected = network.output(image).dup();
        Path zip = folder.resolve("layers.zip");
        ModelSerializer.writeModel(network, zip.toFile(), false);
        assertClose(expected, Dl4jImporter.of(network).at(sizes("in", image)), image);
        assertClose(expected, UNetImporter.graph(zip, sizes("in", image)), image);
    }

    @Test
    void zipFiles() throws IOException {
        ComputationGraph network = small(CNN2DFormat.NCHW);
        INDArray image = Nd4j.randn(DataType.FLOAT, 1, 3, 8, 8);
        Path zip = folder.resolve("unet.zip");
        ModelSerializer.writeModel(network, zip.toFile(), true);
        ImportedGraph imported = UNetImporter.graph(zip, sizes("in", image));
        assertClose(network.outputSingle(image), imported, image);
        assertEquals("unet.zip", imported.provenance().file());
        assertEquals(4, UNetImporter.inputs(zip).get(0).sizes().size());
    }

    private static ImportOptions sizes(String input, INDArray array) {
        return ImportOptions.none().withShape(input, array.shape());
    }

    private static void assertClose(INDArray expected, ImportedGraph graph, INDArray input) {
        String output = graph.outputs().get(0).name();
        Map<String, INDArray> actual =
                graph.sameDiff().output(Map.of(graph.inputs().get(0).name(), input), output);
        ParityCheck check = ParityCheck.compare(actual, Map.of(output, expected));
        assertTrue(check.within(1e-5), check::toString);
    }

    @Test
    void allThatIsNotSupportedIsListed() {
        ComputationGraph network =
                Networks.init(
                        Networks.graph()
                                .addInputs("in")
                                .setInputTypes(InputType.recurrent(4, 7))
                                .addLayer("memory", new LSTM.Builder().nOut(4).build(), "in")
                                .addLayer("odd", new ActivationLayer(Activation.RATIONALTANH), "in")
                                .addVertex("both", new MergeVertex(), "memory", "odd")
                                .setOutputs("both"));
        ImportException problem =
                assertThrows(ImportException.class, () -> Dl4jImporter.of(network));
        assertEquals(
                "ComputationGraph: 2 things of the network cannot be imported exactly: memory:"
                        + " there is no importer for the class"
                        + " org.deeplearning4j.nn.conf.layers.LSTM; odd: activation rationaltanh is"
                        + " not supported. Convert the network without it, or write it as a SameDiff"
                        + " graph",
                problem.getMessage());
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = folder.resolve("text.zip");
        Files.writeString(file, "no zip");
        assertTrue(message(file).contains("is not a zip file"));
        Path empty = folder.resolve("empty.zip");
        try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(empty))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("configuration.json"));
            zip.write("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        assertTrue(message(empty).contains("holds no coefficients.bin"));
        Path cut = folder.resolve("cut.zip");
        ModelSerializer.writeModel(small(CNN2DFormat.NCHW), cut.toFile(), false);
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(message(cut).contains("is not a zip file"));
    }

    private static String message(Path file) {
        return String.valueOf(
                assertThrows(ImportException.class, () -> UNetImporter.open(file)).getMessage());
    }
}
