// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a diffusion network learns: to tell the noise (or v, or the clean image) in an image with
 * noise of a uniformly drawn timestep (Ho et al. 2020, algorithm 1).
 *
 * <table>
 * <caption>Notation</caption>
 * <tr><th>name<th>equation
 * <tr><td>noisy sample<td>x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε
 * <tr><td>target<td>ε, or v = √ᾱ_t ε - √(1 - ᾱ_t) x_0, or x_0: the schedule's prediction type
 * <tr><td>SNR<td>ᾱ_t / (1 - ᾱ_t)
 * <tr><td>weight<td>1, or with min-SNR (Hang et al. 2023, section 3.4): min(SNR, γ) / SNR for ε,
 * min(SNR, γ) / (SNR + 1) for v, min(SNR, γ) for x_0
 * </table>
 *
 * @param schedule noise of each timestep, and what the network predicts
 * @param minSnrGamma γ of the min-SNR weighting, 5 in the paper; empty for equal weights
 * @param labelDropout share of images whose class is replaced by the null class, so that the
 *     network learns to do without (Ho and Salimans 2022)
 * @param nullClass class that means "none"; needed for dropout
 */
public record DenoisingObjective(
        NoiseSchedule schedule,
        OptionalDouble minSnrGamma,
        double labelDropout,
        OptionalLong nullClass) {

    public DenoisingObjective {
        if (!(minSnrGamma.orElse(1) > 0)) {
            throw new IllegalArgumentException(
                    "min-SNR gamma " + minSnrGamma.getAsDouble() + " is not positive");
        }
        if (!(labelDropout >= 0 && labelDropout <= 1)) {
            throw new IllegalArgumentException(
                    "label dropout " + labelDropout + " is not a share between 0 and 1");
        }
        if (labelDropout > 0 && nullClass.isEmpty()) {
            throw new IllegalArgumentException(
                    "label dropout " + labelDropout + " needs a null class to put in the place");
        }
    }

    /** Equal weights, no dropout. */
    public static DenoisingObjective of(NoiseSchedule schedule) {
        return new DenoisingObjective(schedule, OptionalDouble.empty(), 0, OptionalLong.empty());
    }

    public DenoisingObjective withMinSnr(double gamma) {
        return new DenoisingObjective(schedule, OptionalDouble.of(gamma), labelDropout, nullClass);
    }

    public DenoisingObjective withLabelDropout(double share, long none) {
        return new DenoisingObjective(schedule, minSnrGamma, share, OptionalLong.of(none));
    }

    /**
     * Adds noise to a batch: the same noise and timesteps for the same seed and step.
     *
     * @param step from 0
     */
    public NoisyBatch apply(ImageBatch batch, long seed, long step) {
        long[] shape = batch.images().shape();
        int count = Math.toIntExact(shape[0]);
        INDArray noise =
                NoiseSource.seeded(StepRandom.seed(seed, step, StepRandom.Use.NOISE))
                        .initial(shape);
        Random random = StepRandom.of(seed, step, StepRandom.Use.TIMESTEPS);
        long[] timesteps = new long[count];
        INDArray sample = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        INDArray target = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        float[] weights = new float[count];
        for (int image = 0; image < count; image++) {
            int t = random.nextInt(schedule.trainTimesteps());
            timesteps[image] = t;
            weights[image] = (float) weight(t);
            INDArray x0 = batch.images().slice(image);
            INDArray epsilon = noise.slice(image);
            float alphaBar = schedule.alphaBar(t);
            sample.putSlice(image, noisy(alphaBar, x0, epsilon));
            target.putSlice(
                    image,
                    switch (schedule.predictionType()) {
                        case EPSILON -> epsilon;
                        case V_PREDICTION -> velocity(alphaBar, x0, epsilon);
                        case SAMPLE -> x0;
                    });
        }
        return new NoisyBatch(
                sample,
                timesteps,
                dropped(batch.conditions(), seed, step),
                target,
                Nd4j.createFromArray(weights));
    }

    /** √ᾱ x_0 + √(1 - ᾱ) ε. */
    static INDArray noisy(float alphaBar, INDArray x0, INDArray noise) {
        return x0.mul(Math.sqrt(alphaBar)).addi(noise.mul(Math.sqrt(1 - alphaBar)));
    }

    /** √ᾱ ε - √(1 - ᾱ) x_0 (Salimans and Ho 2022, appendix D). */
    static INDArray velocity(float alphaBar, INDArray x0, INDArray noise) {
        return noise.mul(Math.sqrt(alphaBar)).subi(x0.mul(Math.sqrt(1 - alphaBar)));
    }

    /** Weight of a timestep in the loss. */
    public double weight(int timestep) {
        if (minSnrGamma.isEmpty()) {
            return 1;
        }
        double alphaBar = schedule.alphaBar(timestep);
        double snr = alphaBar / (1 - alphaBar);
        double bounded = Math.min(snr, minSnrGamma.getAsDouble());
        return switch (schedule.predictionType()) {
            // not bounded / snr, which is 0 / 0 at zero terminal SNR
            case EPSILON -> Math.min(1, minSnrGamma.getAsDouble() / snr);
            case V_PREDICTION -> bounded / (snr + 1);
            case SAMPLE -> bounded;
        };
    }

    private Map<String, INDArray> dropped(Map<String, INDArray> conditions, long seed, long step) {
        INDArray labels = conditions.get(TrainingData.CLASS_LABELS);
        if (labels == null || labelDropout == 0) {
            return conditions;
        }
        long[] classes = labels.toLongVector();
        Random random = StepRandom.of(seed, step, StepRandom.Use.DROPOUT);
        for (int i = 0; i < classes.length; i++) {
            if (random.nextDouble() < labelDropout) {
                classes[i] = nullClass.orElseThrow();
            }
        }
        Map<String, INDArray> result = new LinkedHashMap<>(conditions);
        result.put(TrainingData.CLASS_LABELS, Nd4j.createFromArray(classes));
        return result;
    }
}
