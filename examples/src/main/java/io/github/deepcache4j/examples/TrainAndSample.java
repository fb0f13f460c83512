// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.training.DenoisingObjective;
import io.github.deepcache4j.training.ImageData;
import io.github.deepcache4j.training.Trainer;
import io.github.deepcache4j.training.TrainingOptions;
import io.github.deepcache4j.training.WarmupCosine;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A U-Net is trained in SameDiff on digits and sampled with the cache, in one program. */
public final class TrainAndSample {

    private TrainAndSample() {}

    /**
     * Trains and samples.
     *
     * @param arguments the digits, the number of training steps, images in a step, and the picture
     *     to write; all may be left out. Some thousand steps of 32 images make digits.
     */
    public static void main(String[] arguments) throws Exception {
        Path data =
                Path.of(arguments.length > 0 ? arguments[0] : "examples/models/mnist/digits.npz");
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3000;
        int batch = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 32;
        Path picture = Path.of(arguments.length > 3 ? arguments[3] : "trained.png");

        Map<String, INDArray> digits = NpzFile.read(data);
        INDArray images = framed(digits.get("images"));
        NoiseSchedule noise = NoiseSchedule.linear();
        UNetConfig config = UNetPresets.named("mnist-small");
        UNet unet;
        try (Trainer trainer =
                Trainer.of(
                        UNetBuilder.trainable(config, InputSizes.of(config, batch), 0),
                        DenoisingObjective.of(noise).withLabelDropout(0.1, 10),
                        ImageData.of(images, digits.get("labels"), batch, 0),
                        TrainingOptions.adamW(new WarmupCosine(1e-3, steps / 30, steps), 1e-4, 0),
                        new Nd4jEngine())) {
            trainer.run(steps);
            System.out.println("trained " + trainer.steps() + " steps");
            unet = trainer.average(4);
        }
        try (DeepCacheSession network =
                DeepCacheSession.of(
                                unet,
                                CachePlanner.atBranch(unet, 0).orThrow(),
                                new UniformSchedule(3))
                        .engine(Engines.fastest())
                        .open()) {
            INDArray samples =
                    SamplingLoop.of(DdimSampler.of(noise, 20), network)
                            .run(
                                    NoiseSource.seeded(0),
                                    Map.of("class_labels", Nd4j.createFromArray(3L, 1L, 4L, 1L)),
                                    unet.ports().sample().shape().toArray());
            Files.write(picture, ImageGrid.png(samples, 4));
        }
        System.out.println("wrote " + picture);
    }

    /**
     * Bytes {@code [count, 28, 28]} as numbers in [-1, 1] with a border, {@code [count, 1, 32,
     * 32]}.
     */
    private static INDArray framed(INDArray bytes) {
        long count = bytes.size(0);
        INDArray framed = Nd4j.valueArrayOf(new long[] {count, 1, 32, 32}, -1, DataType.FLOAT);
        framed.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(2, 30),
                        NDArrayIndex.interval(2, 30))
                .assign(bytes.castTo(DataType.FLOAT).reshape(count, 1, 28, 28).divi(127.5).subi(1));
        return framed;
    }
}
