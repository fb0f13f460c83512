// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.training.DenoisingObjective;
import io.github.deepcache4j.training.EmaDecay;
import io.github.deepcache4j.training.TrainingOptions;
import io.github.deepcache4j.training.WarmupCosine;
import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * All that decides the numbers of a training run, kept in its folder, so that it can go on.
 *
 * @param preset the network
 * @param steps in all; the learning rate falls to 0 over them
 * @param prediction what the network learns to tell, as diffusers spells it
 * @param minSnr gamma of the min-SNR weighting; 0 for equal weights
 * @param labelDropout share of images that are shown without their class
 * @param dataSha256 of the data file
 */
record TrainingPlan(
        String preset,
        long steps,
        int batch,
        long seed,
        double learningRate,
        double weightDecay,
        double maxGradientNorm,
        double emaDecay,
        String prediction,
        double minSnr,
        double labelDropout,
        String dataSha256) {

    private static final int WARMUP = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    static TrainingPlan read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new UserError(
                    "--resume: there is no " + file + "; start the run without --resume");
        }
        return JSON.readValue(file.toFile(), TrainingPlan.class);
    }

    void write(Path file) throws IOException {
        OutputFile.writeText(file, JsonFile.pretty(JsonFile.tree(this)));
    }

    TrainingPlan withSteps(long other) {
        return new TrainingPlan(
                preset,
                other,
                batch,
                seed,
                learningRate,
                weightDecay,
                maxGradientNorm,
                emaDecay,
                prediction,
                minSnr,
                labelDropout,
                dataSha256);
    }

    NoiseSchedule schedule() {
        return NoiseSchedule.linear().withPredictionType(PredictionType.parse(prediction));
    }

    /**
     * The objective.
     *
     * @param classes of the network, of which the last means none; empty for a network without
     */
    DenoisingObjective objective(OptionalInt classes) {
        DenoisingObjective objective = DenoisingObjective.of(schedule());
        if (minSnr != 0) {
            objective = objective.withMinSnr(minSnr);
        }
        return classes.isPresent()
                ? objective.withLabelDropout(labelDropout, classes.getAsInt() - 1L)
                : objective;
    }

    TrainingOptions options() {
        return TrainingOptions.adamW(
                        new WarmupCosine(learningRate, Math.min(WARMUP, steps), steps),
                        weightDecay,
                        seed)
                .withMaxGradientNorm(maxGradientNorm)
                .withEma(EmaDecay.upTo(emaDecay));
    }
}
