// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler's method on the probability flow (Karras et al. 2022, algorithm 2 without churn and without
 * the second-order correction); equal to diffusers' EulerDiscreteScheduler. First order, one call a
 * step.
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma<td>σ_i<td>{@link SigmaOptions}
 * <tr><td>sample<td>x<td>x_0 + σ ε; what the network sees is x / √(σ² + 1)
 * <tr><td>x0<td>D(x; σ)<td>x - σ ε for epsilon prediction (eq. 7 with c_skip 1, c_out -σ)
 * <tr><td>slope<td>d_i<td>(x - D(x; σ_i)) / σ_i (eq. 3)
 * <tr><td>next sample<td>x_{i+1}<td>x + (σ_{i+1} - σ_i) d_i
 * </table>
 */
public final class EulerSampler extends SigmaSampler {

    EulerSampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(schedule, grid);
    }

    /**
     * A sampler; x0 is never clipped.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps
     */
    public static EulerSampler of(NoiseSchedule schedule, int steps, SigmaOptions options) {
        return new EulerSampler(
                schedule, SigmaGrid.euler(schedule, steps, options, SamplerKind.EULER));
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double sigma = grid().sigma(step);
        INDArray x0 = estimate(network, 0, x, sigma, grid().timestep(step)).x0();
        INDArray next = line(x, slope(x, x0, sigma), sigma, grid().sigma(step + 1));
        return state.after(next, 1, List.of());
    }
}
