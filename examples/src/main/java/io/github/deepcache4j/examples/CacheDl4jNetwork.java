// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.importer.dl4j.Dl4jImporter;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.UNet;
import java.io.File;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A U-Net written as a DL4J {@code ComputationGraph}, converted and sampled with a cache. */
public final class CacheDl4jNetwork {

    private CacheDl4jNetwork() {}

    /**
     * Samples.
     *
     * @param arguments a {@code .zip} to save the network to; may be left out
     */
    public static void main(String[] arguments) throws Exception {
        ComputationGraph network = network();
        if (arguments.length > 0) {
            network.save(new File(arguments[0]));
        }
        // DL4J does not record the sizes of its inputs, nor which of them is the timestep
        ImportOptions options =
                ImportOptions.none()
                        .withShape("image", 1, 1, 16, 16)
                        .withShape("t", 1, 1)
                        .withPort("timestep", "t");
        UNet unet = UNetImporter.load(Dl4jImporter.of(network), options);
        try (DeepCacheSession session =
                DeepCacheSession.of(
                                unet,
                                CachePlanner.atBranch(unet, 0).orThrow(),
                                new UniformSchedule(5))
                        .engine(Engines.fastest())
                        .open()) {
            INDArray images =
                    SamplingLoop.of(DdimSampler.of(NoiseSchedule.linear(), 20), session)
                            .run(NoiseSource.seeded(0), Map.of(), 1, 1, 16, 16);
            System.out.println("images of shape " + Arrays.toString(images.shape()));
        }
    }

    /**
     * The timestep becomes a channel beside the image; one skip around a level of half the size.
     */
    static ComputationGraph network() {
        ComputationGraph network =
                new ComputationGraph(
                        new NeuralNetConfiguration.Builder()
                                .seed(1)
                                .convolutionMode(ConvolutionMode.Same)
                                .activation(Activation.RELU)
                                .graphBuilder()
                                .addInputs("image", "t")
                                .setInputTypes(
                                        InputType.convolutional(16, 16, 1),
                                        InputType.feedForward(1))
                                .addLayer("time", new DenseLayer.Builder().nOut(256).build(), "t")
                                .addVertex(
                                        "channel",
                                        new PreprocessorVertex(
                                                new FeedForwardToCnnPreProcessor(16, 16, 1)),
                                        "time")
                                .addVertex("in", new MergeVertex(), "image", "channel")
                                .addLayer("top", conv(16, 1), "in")
                                .addLayer("down", conv(32, 2), "top")
                                .addLayer("deep", conv(32, 1), "down")
                                .addLayer("up", new Upsampling2D.Builder(2).build(), "deep")
                                .addVertex("merge", new MergeVertex(), "up", "top")
                                .addLayer("last", conv(1, 1), "merge")
                                .addLayer("noise", new CnnLossLayer.Builder().build(), "last")
                                .setOutputs("noise")
                                .build());
        network.init();
        return network;
    }

    private static ConvolutionLayer conv(int channels, int stride) {
        return new ConvolutionLayer.Builder(3, 3).stride(stride, stride).nOut(channels).build();
    }
}
