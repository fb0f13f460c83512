// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

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
 * <tr><td>variance<td>σ²<td>fixed_small: (1 - ᾱ_s) / (1 - ᾱ_t) β (eq. 7); fixed_large: β;
 * learned_range: exp(w ln β + (1 - w) ln of the small one), w = (v + 1) / 2 from the network's
 * second half of channels v (Nichol and Dhariwal 2021, eq. 15)
 * <tr><td>next sample<td>x_s<td>μ + σ z, z standard normal; no noise at timestep 0
 * </table>
 *
 * <p>Coefficients are computed in float32: α is close to 1, so rounding decides the last digits of
 * β, and diffusers rounds to float32.
 */
public final class DdpmSampler extends DiscreteSampler {

    /** Keeps the variance above 0, as in diffusers. */
    private static final float LEAST_VARIANCE = 1e-20f;

    private DdpmSampler(NoiseSchedule schedule, int[] timesteps) {
        super(schedule, timesteps);
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
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int timestep = trainingTimestep(state.step());
        float alphaBar = schedule().alphaBar(timestep);
        float alphaBarNext = alphaBarOfNext(state.step());
        float alpha = alphaBar / alphaBarNext;
        float beta = 1 - alpha;

        NetworkCalls.Prediction prediction = network.predictWithVariance(timestep, state.sample());
        INDArray x0 = estimate(state, prediction.value()).bounded(schedule()).x0();
        float x0Weight = Estimate.sqrt(alphaBarNext) * beta / (1 - alphaBar);
        float sampleWeight = Estimate.sqrt(alpha) * (1 - alphaBarNext) / (1 - alphaBar);
        INDArray next = x0.mul(x0Weight).addi(state.sample().mul(sampleWeight));
        if (timestep > 0) {
            float small = Math.max((1 - alphaBarNext) / (1 - alphaBar) * beta, LEAST_VARIANCE);
            INDArray z = drawn(noise, state);
            next.addi(
                    switch (schedule().varianceType()) {
                        case FIXED_SMALL -> z.muli(Estimate.sqrt(small));
                        case FIXED_LARGE -> z.muli(Estimate.sqrt(beta));
                        case LEARNED_RANGE -> z.muli(deviation(prediction.variance(), small, beta));
                    });
        }
        return state.after(next, 1, List.of());
    }

    /** The learned standard deviation of each value. */
    private static INDArray deviation(INDArray learned, float small, float large) {
        double low = Math.log(small);
        double high = Math.log(large);
        INDArray logVariance = learned.add(1).muli((high - low) / 2).addi(low);
        return Transforms.exp(logVariance.muli(0.5), false);
    }
}
