// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A training run of seconds. */
final class TinyRun {

    private static final int IMAGES = 10;
    private static final int BATCH = 4;

    private TinyRun() {}

    static Trainer start() {
        return start("tiny-class", 7);
    }

    static Trainer start(String preset, long seed) {
        UNetConfig config = UNetPresets.named(preset);
        INDArray images = NoiseSource.seeded(3).initial(IMAGES, 1, 16, 16).muli(0.1).subi(0.8);
        INDArray labels =
                config.numClassEmbeds().isPresent()
                        ? Nd4j.createFromArray(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L)
                        : null;
        return on(ImageData.of(images, labels, BATCH, seed), preset, seed);
    }

    static Trainer on(TrainingData data, String preset, long seed) {
        UNetConfig config = UNetPresets.named(preset);
        TrainableUNet unet = UNetBuilder.trainable(config, InputSizes.of(config, BATCH), seed);
        return Trainer.of(
                unet,
                DenoisingObjective.of(NoiseSchedule.linear()).withLabelDropout(0.2, 10),
                data,
                TrainingOptions.adamW(new WarmupCosine(1e-2, 2, 10), 1e-2, seed)
                        .withMaxGradientNorm(1)
                        .withEma(EmaDecay.upTo(0.9)),
                new Nd4jEngine());
    }

    /** Weights, average and updater state. */
    static void assertSameBits(Trainer first, Trainer second) {
        Map<String, INDArray> left = first.arrays();
        Map<String, INDArray> right = second.arrays();
        assertEquals(left.keySet(), right.keySet());
        left.forEach(
                (name, array) ->
                        assertArrayEquals(
                                array.dup('c').data().asFloat(),
                                right.get(name).dup('c').data().asFloat(),
                                name));
    }
}
