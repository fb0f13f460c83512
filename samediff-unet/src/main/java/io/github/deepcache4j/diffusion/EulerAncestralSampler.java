// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler's method with ancestral noise: each step goes below its level and noise brings it back up
 * (k-diffusion's {@code sample_euler_ancestral}; the split of the variance is that of DDPM, Song et
 * al. 2021, eq. 16 with eta 1); equal to diffusers' EulerAncestralDiscreteScheduler.
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma, sample, x0, slope<td>σ, x, D, d<td>as in {@link EulerSampler}
 * <tr><td>up<td>σ_up<td>√(σ_{i+1}² (σ_i² - σ_{i+1}²) / σ_i²)
 * <tr><td>down<td>σ_down<td>√(σ_{i+1}² - σ_up²)
 * <tr><td>next sample<td>x_{i+1}<td>x + (σ_down - σ_i) d_i + σ_up z, z standard normal
 * </table>
 */
public final class EulerAncestralSampler extends SigmaSampler {

    private EulerAncestralSampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(schedule, grid);
    }

    /**
     * A sampler with the levels of the schedule's timesteps; x0 is never clipped.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps, or the network
     *     predicts samples
     */
    public static EulerAncestralSampler of(NoiseSchedule schedule, int steps) {
        SamplerKind.EULER_ANCESTRAL.refuse(schedule, PredictionType.SAMPLE);
        return new EulerAncestralSampler(
                schedule,
                SigmaGrid.euler(
                        schedule, steps, SigmaOptions.defaults(), SamplerKind.EULER_ANCESTRAL));
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double from = grid().sigma(step);
        double to = grid().sigma(step + 1);
        double up = Math.sqrt(to * to * (from * from - to * to) / (from * from));
        double down = Math.sqrt(to * to - up * up);
        INDArray x0 = estimate(network, 0, x, from, grid().timestep(step)).x0();
        INDArray next = line(x, slope(x, x0, from), from, down);
        if (up > 0) {
            next.addi(drawn(noise, state).muli(up));
        }
        return state.after(next, 1, List.of());
    }
}
