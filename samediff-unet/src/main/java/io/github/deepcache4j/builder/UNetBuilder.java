// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Builds the network that a {@link UNetConfig} describes, to be trained or to sample with.
 *
 * <p>Both graphs have the placeholders {@code sample} {@code [batch, in_channels, height, width]},
 * {@code timestep} {@code [batch]}, one for each image, and, as the configuration asks for them,
 * {@code class_labels} {@code [batch]} (INT64), {@code encoder_hidden_states} {@code [batch,
 * tokens, cross_attention_dim]}, {@code text_embeds} and {@code time_ids}; the prediction is {@code
 * out_sample}. Parameters are named as in diffusers' state dict and have PyTorch's shapes: linear
 * layers {@code [outer, inner]}, convolutions {@code [outer, inner, height, width]}.
 */
public final class UNetBuilder {

    private UNetBuilder() {}

    /**
     * A network to be trained, its parameters drawn as PyTorch draws them.
     *
     * @param seed of the parameters
     * @throws IllegalArgumentException if the sizes do not fit the configuration
     */
    public static TrainableUNet trainable(UNetConfig config, InputSizes sizes, long seed) {
        return trainable(config, sizes, new InitialWeights(seed), DataType.FLOAT);
    }

    /**
     * A network to be trained further; the arrays are copied.
     *
     * @param weights all parameters by name
     * @throws IllegalArgumentException if parameters are missing, unknown or of another shape, or
     *     the sizes do not fit the configuration
     */
    public static TrainableUNet trainable(
            UNetConfig config, InputSizes sizes, Map<String, INDArray> weights) {
        return trainable(config, sizes, check(config, weights), DataType.FLOAT);
    }

    static TrainableUNet trainable(
            UNetConfig config, InputSizes sizes, Weights weights, DataType type) {
        SameDiff sameDiff = empty();
        NetworkInputs inputs = NetworkInputs.declare(sameDiff, config, sizes, type);
        Layers layers = new TrainableLayers(sameDiff, weights, type);
        Tensor output = Network.build(layers, config, inputs);
        output.variable().rename(NetworkInputs.OUTPUT);
        return new TrainableUNet(
                sameDiff,
                config,
                sizes,
                inputs.ports(),
                layers.parameters().stream().map(Parameter::name).toList());
    }

    /**
     * A network to sample with. It holds the given arrays wherever it can take them as they are: do
     * not change them afterwards.
     *
     * @param weights all parameters by name
     * @throws IllegalArgumentException if parameters are missing, unknown or of another shape, or
     *     the sizes do not fit the configuration
     */
    public static UNet inference(
            UNetConfig config, InputSizes sizes, Map<String, INDArray> weights) {
        return inference(config, sizes, check(config, weights));
    }

    /**
     * A network with drawn parameters: good for timings, not for images.
     *
     * @param seed of the parameters
     */
    public static UNet inference(UNetConfig config, InputSizes sizes, long seed) {
        return inference(config, sizes, new InitialWeights(seed));
    }

    private static UNet inference(UNetConfig config, InputSizes sizes, Weights weights) {
        SameDiff sameDiff = empty();
        Built built = build(sameDiff, config, sizes, weights);
        return UNet.of(sameDiff, built.ports());
    }

    /**
     * The dataflow graph of {@link #inference}, with no memory for parameters: counts and skips of
     * networks that would not fit the machine.
     *
     * @throws IllegalArgumentException if the sizes do not fit the configuration
     */
    public static DataflowGraph graph(UNetConfig config, InputSizes sizes) {
        SameDiff sameDiff = empty();
        Built built = build(sameDiff, config, sizes, new HollowWeights());
        return GraphReader.read(
                sameDiff, List.of(built.ports().output().name()), built.ports().inputShapes());
    }

    /**
     * What {@link #inference} takes and gives; nothing is built.
     *
     * @throws IllegalArgumentException if the sizes do not fit the configuration
     */
    public static UNetPorts ports(UNetConfig config, InputSizes sizes) {
        return NetworkInputs.ports(config, sizes, DataType.FLOAT);
    }

    /** Shapes of all parameters by name, in the order of the network; nothing is allocated. */
    public static Map<String, Shape> parameterShapes(UNetConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        parameters(config).forEach(p -> shapes.put(p.name(), p.shape()));
        return shapes;
    }

    /** Parameters do not depend on the sizes, so the smallest network tells them. */
    private static List<Parameter> parameters(UNetConfig config) {
        long side = 1L << (config.architecture().down().size() - 1);
        InputSizes sizes = new InputSizes(1, side, side, 1);
        return build(empty(), config, sizes, new HollowWeights()).parameters();
    }

    private record Built(UNetPorts ports, List<Parameter> parameters) {}

    private static Built build(
            SameDiff sameDiff, UNetConfig config, InputSizes sizes, Weights weights) {
        NetworkInputs inputs = NetworkInputs.declare(sameDiff, config, sizes, DataType.FLOAT);
        Layers layers = new InferenceLayers(sameDiff, weights);
        Network.build(layers, config, inputs).variable().rename(NetworkInputs.OUTPUT);
        return new Built(inputs.ports(), layers.parameters());
    }

    /** The default holders keep a second copy of every array. */
    private static SameDiff empty() {
        SameDiff sameDiff = SameDiff.create();
        sameDiff.setArrayHolders(
                new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), true);
        return sameDiff;
    }

    private static Weights check(UNetConfig config, Map<String, INDArray> weights) {
        return GivenWeights.check(parameters(config), weights);
    }
}
