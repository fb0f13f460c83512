// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

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

    private final AlphaBars alphaBars;
    private final PredictionType predictionType;
    private final TimestepSpacing spacing;
    private final int stepsOffset;
    private final OptionalDouble clipRange;
    private final Optional<DynamicThreshold> threshold;
    private final boolean alphaToOne;
    private final VarianceType varianceType;
    private final boolean cosine;

    private NoiseSchedule(Draft draft) {
        this.alphaBars = draft.alphaBars;
        this.predictionType = draft.predictionType;
        this.spacing = draft.spacing;
        this.stepsOffset = draft.stepsOffset;
        this.clipRange = draft.clipRange;
        this.threshold = draft.threshold;
        this.alphaToOne = draft.alphaToOne;
        this.varianceType = draft.varianceType;
        this.cosine = draft.cosine;
    }

    /** What a schedule is made of while it is being changed; never leaves this class. */
    private static final class Draft {
        AlphaBars alphaBars;
        PredictionType predictionType = PredictionType.EPSILON;
        TimestepSpacing spacing = TimestepSpacing.LEADING;
        int stepsOffset;
        OptionalDouble clipRange = OptionalDouble.of(1);
        Optional<DynamicThreshold> threshold = Optional.empty();
        boolean alphaToOne = true;
        VarianceType varianceType = VarianceType.FIXED_SMALL;
        boolean cosine;

        Draft(AlphaBars alphaBars) {
            this.alphaBars = alphaBars;
        }
    }

    private NoiseSchedule with(Consumer<Draft> change) {
        Draft draft = new Draft(alphaBars);
        draft.predictionType = predictionType;
        draft.spacing = spacing;
        draft.stepsOffset = stepsOffset;
        draft.clipRange = clipRange;
        draft.threshold = threshold;
        draft.alphaToOne = alphaToOne;
        draft.varianceType = varianceType;
        draft.cosine = cosine;
        change.accept(draft);
        return new NoiseSchedule(draft);
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
        return ofBetas(betas.betas(trained, betaStart, betaEnd))
                .with(draft -> draft.cosine = betas == BetaSchedule.SQUAREDCOS_CAP_V2);
    }

    /**
     * As {@link #of} with a given beta for every training timestep; diffusers' {@code
     * trained_betas}.
     *
     * @throws IllegalArgumentException if there is none, or one is not in [0, 1)
     */
    public static NoiseSchedule ofBetas(float... betas) {
        for (int t = 0; t < betas.length; t++) {
            if (!(betas[t] >= 0 && betas[t] < 1)) {
                throw new IllegalArgumentException(
                        "beta " + betas[t] + " of timestep " + t + " is not in [0, 1)");
            }
        }
        if (betas.length == 0) {
            throw new IllegalArgumentException("a noise schedule needs at least one beta");
        }
        return new NoiseSchedule(new Draft(AlphaBars.of(betas)));
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
        return SamplerFactory.read(schedulerConfig)
                .schedule()
                .orElseThrow(
                        () ->
                                new IOException(
                                        schedulerConfig
                                                + ": this scheduler has sigmas of its own and no"
                                                + " noise schedule; read it as a SamplerFactory"));
    }

    /** Number of training timesteps, T; timesteps go from 0 to T - 1. */
    public int trainTimesteps() {
        return alphaBars.count();
    }

    /**
     * alphaBar of a timestep; {@link #finalAlphaBar} for a negative one, as the step below timestep
     * 0.
     *
     * @throws IndexOutOfBoundsException for T and above
     */
    public float alphaBar(int timestep) {
        return timestep < 0 ? finalAlphaBar() : alphaBars.at(timestep);
    }

    /**
     * Half the logarithm of the signal-to-noise ratio at a timestep, λ = log(√ᾱ / √(1 - ᾱ));
     * between whole timesteps ᾱ is interpolated.
     *
     * @param timestep from 0 to T - 1
     * @return infinite where ᾱ is 0 or 1
     * @throws IllegalArgumentException if the timestep is outside
     */
    public double logSnr(double timestep) {
        if (!(timestep >= 0 && timestep <= trainTimesteps() - 1)) {
            throw new IllegalArgumentException(
                    "timestep "
                            + timestep
                            + " is outside of the schedule's 0 to "
                            + (trainTimesteps() - 1));
        }
        int below = (int) Math.floor(timestep);
        int above = Math.min(below + 1, trainTimesteps() - 1);
        double share = timestep - below;
        double alphaBar = (1 - share) * alphaBar(below) + share * alphaBar(above);
        return 0.5 * (Math.log(alphaBar) - Math.log1p(-alphaBar));
    }

    /** alphaBar where the last step arrives: 1 (no noise at all), or that of timestep 0. */
    public float finalAlphaBar() {
        return alphaToOne ? 1 : alphaBars.at(0);
    }

    /** What the network predicts. */
    public PredictionType predictionType() {
        return predictionType;
    }

    /** Bound of the predicted x0, which is clipped to [-range, range]; empty without clipping. */
    public OptionalDouble clipRange() {
        return clipRange;
    }

    /** Dynamic thresholding of x0, which then takes the place of clipping. */
    public Optional<DynamicThreshold> threshold() {
        return threshold;
    }

    public VarianceType varianceType() {
        return varianceType;
    }

    /** Whether it is {@link BetaSchedule#SQUAREDCOS_CAP_V2}, for which diffusers rounds less. */
    boolean isCosine() {
        return cosine;
    }

    TimestepSpacing spacing() {
        return spacing;
    }

    int stepsOffset() {
        return stepsOffset;
    }

    /** Noise over signal at every training timestep, sqrt((1 - alphaBar) / alphaBar). */
    float[] sigmas() {
        return alphaBars.sigmas();
    }

    /**
     * Timesteps of a run, noisiest first, as diffusers' {@code set_timesteps}.
     *
     * @throws IllegalArgumentException if there are fewer training timesteps, or the offset goes
     *     beyond them
     */
    public int[] timesteps(int steps) {
        StepCount.check(steps, trainTimesteps(), trainTimesteps());
        int[] timesteps = spacing.timesteps(trainTimesteps(), steps, stepsOffset);
        StepCount.checkFirst(timesteps[0], steps, this);
        return timesteps;
    }

    public NoiseSchedule withPredictionType(PredictionType type) {
        return with(draft -> draft.predictionType = type);
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
        return with(
                draft -> {
                    draft.spacing = other;
                    draft.stepsOffset = offset;
                });
    }

    /** Clips the predicted x0 to [-range, range]. */
    public NoiseSchedule withClipping(double range) {
        if (!(range > 0)) {
            throw new IllegalArgumentException("clip_sample_range " + range + " is not positive");
        }
        return with(draft -> draft.clipRange = OptionalDouble.of(range));
    }

    public NoiseSchedule withoutClipping() {
        return with(draft -> draft.clipRange = OptionalDouble.empty());
    }

    /** Thresholds the predicted x0 dynamically, in place of clipping it. */
    public NoiseSchedule withThreshold(DynamicThreshold bound) {
        return with(draft -> draft.threshold = Optional.of(bound));
    }

    /** Whether the last step arrives at alphaBar 1; diffusers' {@code set_alpha_to_one}. */
    public NoiseSchedule withFinalAlphaOne(boolean one) {
        return with(draft -> draft.alphaToOne = one);
    }

    public NoiseSchedule withVarianceType(VarianceType type) {
        return with(draft -> draft.varianceType = type);
    }

    /**
     * The same with nothing but noise at the last timestep (Lin et al. 2023, algorithm 1);
     * diffusers' {@code rescale_betas_zero_snr}.
     */
    public NoiseSchedule withZeroTerminalSnr() {
        return with(draft -> draft.alphaBars = alphaBars.withZeroTerminalSnr());
    }
}
