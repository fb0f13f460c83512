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
import io.github.deepcache4j.metrics.Psnr;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.training.DenoisingIterator;
import io.github.deepcache4j.training.DenoisingObjective;
import io.github.deepcache4j.training.ImageData;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Trains a small denoiser in DL4J, then samples from it with the cache.
 *
 * <pre>
 *   time ─ / 1000 ─ dense ─ dense ─ a map ─┐
 *   image ─────────────────────────────────┴─ conv ─┬─ conv, stride 2 ─ conv ─ up ─┐
 *                                                   └──────────── skip ────────────┴─ conv ─ conv
 * </pre>
 */
public final class TrainInDl4j {

    private static final int SIDE = 28;
    private static final int BATCH = 16;
    private static final int STEPS = 20;

    private TrainInDl4j() {}

    /** Arguments: digits.npz, and the number of training steps. */
    public static void main(String[] arguments) throws IOException {
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 300;
        ComputationGraph network = train(Path.of(arguments[0]), steps);
        System.out.println("loss " + network.score());
        System.out.println("PSNR of cached samples " + cachedPsnr(network, 4));
    }

    /** Trains with DL4J's own {@code fit}. */
    static ComputationGraph train(Path digits, int steps) throws IOException {
        INDArray images = NpzFile.read(digits).get("images");
        INDArray scaled =
                images.castTo(DataType.FLOAT)
                        .reshape(images.size(0), 1, SIDE, SIDE)
                        .divi(127.5)
                        .subi(1);
        ComputationGraph network = new ComputationGraph(denoiser());
        network.init();
        network.fit(
                new DenoisingIterator(
                        DenoisingObjective.of(NoiseSchedule.linear()),
                        ImageData.of(scaled, null, BATCH, 0),
                        0,
                        steps));
        return network;
    }

    private static ComputationGraphConfiguration denoiser() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(2e-3))
                .weightInit(WeightInit.XAVIER)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image", "time")
                .setInputTypes(InputType.convolutional(SIDE, SIDE, 1), InputType.feedForward(1))
                .addVertex("share", new ScaleVertex(1e-3), "time")
                .addLayer("time1", dense(1, 32), "share")
                .addLayer("time2", dense(32, 8), "time1")
                .addLayer(
                        "map",
                        new Upsampling2D.Builder(SIDE).build(),
                        new FeedForwardToCnnPreProcessor(1, 1, 8),
                        "time2")
                .addVertex("input", new MergeVertex(), "image", "map")
                .addLayer("down0", convolution(32, 1, Activation.SWISH), "input")
                .addLayer("down1", convolution(32, 2, Activation.SWISH), "down0")
                .addLayer("middle", convolution(32, 1, Activation.SWISH), "down1")
                .addLayer("up1", new Upsampling2D.Builder(2).build(), "middle")
                .addVertex("skip", new MergeVertex(), "up1", "down0")
                .addLayer("up0", convolution(32, 1, Activation.SWISH), "skip")
                .addLayer("noise", convolution(1, 1, Activation.IDENTITY), "up0")
                .addLayer(
                        "loss",
                        new CnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "noise")
                .setOutputs("loss")
                .build();
    }

    private static DenseLayer dense(int inner, int outer) {
        return new DenseLayer.Builder().nIn(inner).nOut(outer).activation(Activation.SWISH).build();
    }

    private static ConvolutionLayer convolution(int channels, int stride, Activation activation) {
        return new ConvolutionLayer.Builder(3, 3)
                .stride(stride, stride)
                .nOut(channels)
                .activation(activation)
                .build();
    }

    /** Samples the same noise with and without the cache. */
    static double cachedPsnr(ComputationGraph network, int count) {
        UNet unet =
                UNetImporter.load(
                        Dl4jImporter.of(network),
                        ImportOptions.none()
                                .withShape("image", count, 1, SIDE, SIDE)
                                .withShape("time", count, 1)
                                .withPort("sample", "image")
                                .withPort("timestep", "time"));
        CachePlan plan = CachePlanner.atBranch(unet, 0).orThrow();
        return Psnr.ofImages(sample(unet, plan, 3), sample(unet, plan, 1));
    }

    private static INDArray sample(UNet unet, CachePlan plan, int interval) {
        try (DeepCacheSession session =
                DeepCacheSession.of(unet, plan, new UniformSchedule(interval))
                        .engine(Engines.fastest())
                        .open()) {
            return SamplingLoop.of(DdimSampler.of(NoiseSchedule.linear(), STEPS), session)
                    .run(NoiseSource.seeded(1), Map.of(), unet.ports().sample().shape().toArray());
        }
    }
}
