// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Denoising diffusion implicit models (Song et al. 2021); equal to diffusers' DDIMScheduler.
 *
 * <table>
 * <caption>Notation; t is this step's timestep, s = t - floor(T / steps)</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>alphaBar<td>ᾱ_t<td>{@link NoiseSchedule} (α_t in the paper)
 * <tr><td>alphaBarNext<td>ᾱ_s<td>{@link NoiseSchedule#finalAlphaBar} below timestep 0
 * <tr><td>epsilon<td>ε<td>the network's noise; with useClippedModelOutput that of the clipped x̂_0
 * <tr><td>x0<td>x̂_0<td>(x_t - √(1 - ᾱ_t) ε) / √ᾱ_t, clipped (first term of eq. 12)
 * <tr><td>sigma<td>σ<td>η √((1 - ᾱ_s) / (1 - ᾱ_t)) √(1 - ᾱ_t / ᾱ_s) (eq. 16)
 * <tr><td>next sample<td>x_s<td>√ᾱ_s x̂_0 + √(1 - ᾱ_s - σ²) ε + σ z, z standard normal (eq. 12)
 * </table>
 *
 * <p>As in diffusers, s is counted from t even where the next step's timestep is another (trailing
 * and linspace spacing).
 */
public final class DdimSampler extends DiscreteSampler {

    private final float eta;
    private final boolean useClippedModelOutput;

    private DdimSampler(
            NoiseSchedule schedule, int[] timesteps, float eta, boolean useClippedModelOutput) {
        super(schedule, timesteps);
        this.eta = eta;
        this.useClippedModelOutput = useClippedModelOutput;
    }

    /**
     * The deterministic sampler: eta 0, the network's epsilon used as it is.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps
     */
    public static DdimSampler of(NoiseSchedule schedule, int steps) {
        return new DdimSampler(schedule, schedule.timesteps(steps), 0, false);
    }

    /**
     * The same sampler with noise in every step.
     *
     * @param noise eta: 0 adds none, 1 as much as DDPM
     * @throws IllegalArgumentException outside [0, 1]
     */
    public DdimSampler withEta(double noise) {
        if (!(noise >= 0 && noise <= 1)) {
            throw new IllegalArgumentException("eta " + noise + " is not between 0 and 1");
        }
        return new DdimSampler(
                schedule(), trainingTimesteps(), (float) noise, useClippedModelOutput);
    }

    /**
     * The same sampler with epsilon derived again from the clipped x0, as GLIDE does. Guidance
     * needs it where x0 is clipped: it drives x0 far out of range, and the untouched epsilon then
     * no longer belongs to x0.
     */
    public DdimSampler withClippedModelOutput(boolean use) {
        return new DdimSampler(schedule(), trainingTimesteps(), eta, use);
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        NoiseSchedule schedule = schedule();
        int timestep = trainingTimestep(state.step());
        float alphaBar = schedule.alphaBar(timestep);
        float alphaBarNext = schedule.alphaBar(timestep - schedule.trainTimesteps() / steps());

        INDArray prediction = network.predict(0, timestep, state.sample());
        Estimate estimate = estimate(state, prediction).bounded(schedule);
        if (useClippedModelOutput) {
            estimate = estimate.withEpsilonOfX0();
        }
        float variance = (1 - alphaBarNext) / (1 - alphaBar) * (1 - alphaBar / alphaBarNext);
        float sigma = eta * Estimate.sqrt(variance);
        float direction = Estimate.sqrt(1 - alphaBarNext - sigma * sigma);
        INDArray next =
                estimate.x0()
                        .mul(Estimate.sqrt(alphaBarNext))
                        .addi(estimate.epsilon().mul(direction));
        if (eta > 0) {
            next.addi(drawn(noise, state).muli(sigma));
        }
        return state.after(next, 1, List.of());
    }
}
