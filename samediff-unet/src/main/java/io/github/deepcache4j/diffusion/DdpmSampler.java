// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ancestral sampling of denoising diffusion probabilistic models (Ho et al. 2020, algorithm 2), on
 * a subset of the timesteps; equal to diffusers' DDPMScheduler.
 *
 * <table>
 * <caption>Notation; t is this step's timestep, s the next step's</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>alphaBar<td>ᾱ_t<td>{@link NoiseSchedule}
 * <tr><td>alphaBarNext<td>ᾱ_s<td>1 in the last step
 * <tr><td>alpha, beta<td>α, β<td>α = ᾱ_t / ᾱ_s, β = 1 - α
 * <tr><td>x0<td>x̂_0<td>(x_t - √(1 - ᾱ_t) ε) / √ᾱ_t, clipped (eq. 15)
 * <tr><td>mean<td>μ<td>√ᾱ_s β / (1 - ᾱ_t) x̂_0 + √α (1 - ᾱ_s) / (1 - ᾱ_t) x_t (eq. 7)
 * <tr><td>variance<td>σ²<td>fixed_small: (1 - ᾱ_s) / (1 - ᾱ_t) β (eq. 7); fixed_large: β
 * <tr><td>next sample<td>x_s<td>μ + σ z, z standard normal; no noise at timestep 0
 * </table>
 *
 * <p>Coefficients are computed in float32: α is close to 1, so rounding decides the last digits of
 * β, and diffusers rounds to float32.
 */
public final class DdpmSampler implements Sampler {

    /** Keeps the variance above 0, as in diffusers. */
    private static final float LEAST_VARIANCE = 1e-20f;

    private final NoiseSchedule schedule;
    private final int[] timesteps;

    private DdpmSampler(NoiseSchedule schedule, int[] timesteps) {
        this.schedule = schedule;
        this.timesteps = timesteps;
    }

    /**
     * A sampler with the schedule's variance type and clipping.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps
     */
    public static DdpmSampler of(NoiseSchedule schedule, int steps) {
        return new DdpmSampler(schedule, schedule.timesteps(steps));
    }

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public double[] timesteps() {
        return Arrays.stream(timesteps).asDoubleStream().toArray();
    }

    @Override
    public SamplerState start(INDArray noise) {
        return SamplerState.start(noise);
    }

    @Override
    public SamplerState next(
            SamplerState state,
            NoisePredictor network,
            Map<String, INDArray> conditions,
            NoiseSource noise) {
        int timestep = state.timestep(timesteps);
        boolean last = state.step() == timesteps.length - 1;
        float alphaBar = schedule.alphaBar(timestep);
        float alphaBarNext = last ? 1 : schedule.alphaBar(timesteps[state.step() + 1]);
        float alpha = alphaBar / alphaBarNext;
        float beta = 1 - alpha;

        INDArray x0 =
                Estimate.of(schedule, timestep, state, network, conditions).clipped(schedule).x0();
        float x0Weight = Estimate.sqrt(alphaBarNext) * beta / (1 - alphaBar);
        float sampleWeight = Estimate.sqrt(alpha) * (1 - alphaBarNext) / (1 - alphaBar);
        INDArray next = x0.mul(x0Weight).addi(state.sample().mul(sampleWeight));
        if (timestep > 0) {
            float variance =
                    switch (schedule.varianceType()) {
                        case FIXED_SMALL ->
                                Math.max(
                                        (1 - alphaBarNext) / (1 - alphaBar) * beta, LEAST_VARIANCE);
                        case FIXED_LARGE -> beta;
                    };
            INDArray z = noise.step(state.step(), next.shape());
            next.addi(z.castTo(next.dataType()).mul(Estimate.sqrt(variance)));
        }
        return state.after(next, 1, List.of());
    }
}
