// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * The noise that a model was trained with, and how samplers step through it: what diffusers keeps
 * in {@code scheduler_config.json}. Immutable.
 *
 * <table>
 * <caption>Notation</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>beta<td>β_t<td>variance that timestep t adds
 * <tr><td>alphaBar<td>ᾱ_t<td>∏ (1 - β_s) for s up to t (Ho et al. 2020, eq. 4)
 * <tr><td>noisy sample<td>x_t<td>√ᾱ_t x_0 + √(1 - ᾱ_t) ε
 * </table>
 */
public final class NoiseSchedule {

    private final float[] alphaBars;
    private final PredictionType predictionType;
    private final TimestepSpacing spacing;
    private final int stepsOffset;
    private final OptionalDouble clipRange;
    private final boolean alphaToOne;
    private final VarianceType varianceType;

    private NoiseSchedule(
            float[] alphaBars,
            PredictionType predictionType,
            TimestepSpacing spacing,
            int stepsOffset,
            OptionalDouble clipRange,
            boolean alphaToOne,
            VarianceType varianceType) {
        this.alphaBars = alphaBars;
        this.predictionType = predictionType;
        this.spacing = spacing;
        this.stepsOffset = stepsOffset;
        this.clipRange = clipRange;
        this.alphaToOne = alphaToOne;
        this.varianceType = varianceType;
    }

    /**
     * A schedule with diffusers' defaults for DDPM and DDIM: epsilon prediction, leading spacing
     * without offset, x0 clipped to [-1, 1], final alphaBar 1, fixed_small.
     *
     * @param trained training timesteps, T
     * @param betaStart beta of timestep 0, and {@code betaEnd} that of T - 1; both in (0, 1),
     *     ignored by the cosine schedule
     * @throws IllegalArgumentException if a number is outside its range
     */
    public static NoiseSchedule of(
            BetaSchedule betas, int trained, double betaStart, double betaEnd) {
        if (trained < 1 || !(betaStart > 0 && betaStart < 1) || !(betaEnd > 0 && betaEnd < 1)) {
            throw new IllegalArgumentException(
                    "noise schedule with num_train_timesteps "
                            + trained
                            + ", beta_start "
                            + betaStart
                            + ", beta_end "
                            + betaEnd
                            + ": at least one timestep and betas between 0 and 1 are needed");
        }
        return new NoiseSchedule(
                alphaBars(betas.betas(trained, betaStart, betaEnd)),
                PredictionType.EPSILON,
                TimestepSpacing.LEADING,
                0,
                OptionalDouble.of(1),
                true,
                VarianceType.FIXED_SMALL);
    }

    /** 1,000 timesteps, linear betas 1e-4 to 0.02 (Ho et al. 2020). */
    public static NoiseSchedule linear() {
        return of(BetaSchedule.LINEAR, 1000, 1e-4, 0.02);
    }

    /** 1,000 timesteps, scaled linear betas 0.00085 to 0.012, no clipping (latent diffusion). */
    public static NoiseSchedule scaledLinear() {
        return of(BetaSchedule.SCALED_LINEAR, 1000, 0.00085, 0.012).withoutClipping();
    }

    /** 1,000 timesteps of the cosine schedule (Nichol and Dhariwal 2021). */
    public static NoiseSchedule cosine() {
        return of(BetaSchedule.SQUAREDCOS_CAP_V2, 1000, 1e-4, 0.02);
    }

    /**
     * Reads diffusers' {@code scheduler_config.json}. Keys that are absent get the defaults of the
     * file's {@code _class_name} in diffusers 0.37; classes that never clip (PNDM, Euler, ...) give
     * a schedule without clipping.
     *
     * @throws IOException if the file cannot be read, or asks for something that is not understood
     *     or not supported; one line that names the file and every such key with its value
     */
    public static NoiseSchedule read(Path schedulerConfig) throws IOException {
        return SchedulerConfigReader.read(schedulerConfig);
    }

    /**
     * Cumulative products, accumulated in double and kept in float, as {@code torch.cumprod} does.
     */
    private static float[] alphaBars(float[] betas) {
        float[] alphaBars = new float[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1 - betas[i];
            alphaBars[i] = (float) product;
        }
        return alphaBars;
    }

    /** Number of training timesteps, T; timesteps go from 0 to T - 1. */
    public int trainTimesteps() {
        return alphaBars.length;
    }

    /**
     * alphaBar of a timestep; {@link #finalAlphaBar} for a negative one, as the step below timestep
     * 0.
     *
     * @throws IndexOutOfBoundsException for T and above
     */
    public float alphaBar(int timestep) {
        return timestep < 0 ? finalAlphaBar() : alphaBars[timestep];
    }

    /** alphaBar where the last step arrives: 1 (no noise at all), or that of timestep 0. */
    public float finalAlphaBar() {
        return alphaToOne ? 1 : alphaBars[0];
    }

    /** What the network predicts. */
    public PredictionType predictionType() {
        return predictionType;
    }

    /** Bound of the predicted x0, which is clipped to [-range, range]; empty without clipping. */
    public OptionalDouble clipRange() {
        return clipRange;
    }

    public VarianceType varianceType() {
        return varianceType;
    }

    /**
     * Timesteps of a run, noisiest first, as diffusers' {@code set_timesteps}.
     *
     * @throws IllegalArgumentException if there are fewer training timesteps, or the offset goes
     *     beyond them
     */
    public int[] timesteps(int steps) {
        int trained = trainTimesteps();
        if (steps < 1 || steps > trained) {
            throw new IllegalArgumentException(
                    steps
                            + " steps: the model was trained with "
                            + trained
                            + " timesteps; choose between 1 and "
                            + trained);
        }
        int[] timesteps = spacing.timesteps(trained, steps, stepsOffset);
        if (timesteps[0] >= trained) {
            throw new IllegalArgumentException(
                    steps
                            + " steps with steps_offset "
                            + stepsOffset
                            + " begin at timestep "
                            + timesteps[0]
                            + ", but the last one trained is "
                            + (trained - 1)
                            + "; take fewer steps or a smaller offset");
        }
        return timesteps;
    }

    public NoiseSchedule withPredictionType(PredictionType type) {
        return new NoiseSchedule(
                alphaBars, type, spacing, stepsOffset, clipRange, alphaToOne, varianceType);
    }

    /**
     * The same schedule with other timesteps.
     *
     * @param offset added to every timestep of {@link TimestepSpacing#LEADING}; not negative
     */
    public NoiseSchedule withSpacing(TimestepSpacing other, int offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("steps_offset " + offset + " is negative");
        }
        return new NoiseSchedule(
                alphaBars, predictionType, other, offset, clipRange, alphaToOne, varianceType);
    }

    /** Clips the predicted x0 to [-range, range]. */
    public NoiseSchedule withClipping(double range) {
        if (!(range > 0)) {
            throw new IllegalArgumentException("clip_sample_range " + range + " is not positive");
        }
        return withClipping(OptionalDouble.of(range));
    }

    public NoiseSchedule withoutClipping() {
        return withClipping(OptionalDouble.empty());
    }

    private NoiseSchedule withClipping(OptionalDouble range) {
        return new NoiseSchedule(
                alphaBars, predictionType, spacing, stepsOffset, range, alphaToOne, varianceType);
    }

    /** Whether the last step arrives at alphaBar 1; diffusers' {@code set_alpha_to_one}. */
    public NoiseSchedule withFinalAlphaOne(boolean one) {
        return new NoiseSchedule(
                alphaBars, predictionType, spacing, stepsOffset, clipRange, one, varianceType);
    }

    public NoiseSchedule withVarianceType(VarianceType type) {
        return new NoiseSchedule(
                alphaBars, predictionType, spacing, stepsOffset, clipRange, alphaToOne, type);
    }
}
