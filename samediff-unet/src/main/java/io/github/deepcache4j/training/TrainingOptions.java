// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.List;
import java.util.OptionalDouble;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * How weights are updated.
 *
 * @param updater any of ND4J, with its learning rate or a schedule of it
 * @param regularization any of ND4J; {@link WeightDecay} with Adam is AdamW
 * @param maxGradientNorm bound of the norm of all gradients together; empty for none
 * @param ema decay of the weights' moving average
 * @param seed of noise, timesteps and dropped labels
 */
public record TrainingOptions(
        IUpdater updater,
        List<Regularization> regularization,
        OptionalDouble maxGradientNorm,
        EmaDecay ema,
        long seed) {

    public TrainingOptions {
        regularization = List.copyOf(regularization);
        if (!(maxGradientNorm.orElse(1) > 0)) {
            throw new IllegalArgumentException(
                    "gradient norm " + maxGradientNorm.getAsDouble() + " is not positive");
        }
    }

    /** Adam without clipping, an average of decay up to 0.9999. */
    public static TrainingOptions adam(ISchedule learningRate, long seed) {
        return new TrainingOptions(
                new Adam(learningRate),
                List.of(),
                OptionalDouble.empty(),
                EmaDecay.upTo(0.9999),
                seed);
    }

    /** AdamW (Loshchilov and Hutter 2019): Adam, and weights that shrink by rate × decay. */
    public static TrainingOptions adamW(ISchedule learningRate, double weightDecay, long seed) {
        TrainingOptions adam = adam(learningRate, seed);
        return new TrainingOptions(
                adam.updater,
                List.of(new WeightDecay(weightDecay, true)),
                adam.maxGradientNorm,
                adam.ema,
                seed);
    }

    public TrainingOptions withMaxGradientNorm(double norm) {
        return new TrainingOptions(updater, regularization, OptionalDouble.of(norm), ema, seed);
    }

    public TrainingOptions withEma(EmaDecay decay) {
        return new TrainingOptions(updater, regularization, maxGradientNorm, decay, seed);
    }

    /** The same for listeners that ask the graph for its configuration. */
    TrainingConfig toTrainingConfig() {
        return TrainingConfig.builder()
                .updater(updater)
                .regularization(regularization)
                .skipBuilderValidation(true)
                .build();
    }
}
