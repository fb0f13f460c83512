// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Heun's method on the probability flow (Karras et al. 2022, algorithm 1); equal to diffusers'
 * HeunDiscreteScheduler. Second order: two calls a step, one in a last step to sigma 0.
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma, sample, x0<td>σ, x, D<td>as in {@link EulerSampler}; x0 clipped if the schedule says so
 * <tr><td>slope<td>d<td>(x - D(x; σ_i)) / σ_i (line 4)
 * <tr><td>guess<td>x'<td>x + (σ_{i+1} - σ_i) d (line 5)
 * <tr><td>slopeThere<td>d'<td>(x' - D(x'; σ_{i+1})) / σ_{i+1} (line 7)
 * <tr><td>next sample<td>x_{i+1}<td>x + (σ_{i+1} - σ_i) (d + d') / 2 (line 8); x' if σ_{i+1} is 0
 * </table>
 */
public final class HeunSampler extends SigmaSampler {

    HeunSampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(schedule, grid);
    }

    /**
     * A sampler with the schedule's clipping.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps
     */
    public static HeunSampler of(NoiseSchedule schedule, int steps, SigmaSpacing spacing) {
        return new HeunSampler(
                schedule,
                SigmaGrid.euler(schedule, steps, SigmaOptions.of(spacing), SamplerKind.HEUN));
    }

    @Override
    public int callsIn(int step) {
        return grid().sigma(step + 1) == 0 ? 1 : 2;
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double from = grid().sigma(step);
        double to = grid().sigma(step + 1);
        INDArray slope = slopeAt(step, 0, x, network);
        INDArray guess = line(x, slope, from, to);
        if (to == 0) {
            return state.after(guess, 1, List.of());
        }
        INDArray slopeThere = slopeAt(step + 1, 1, guess, network);
        INDArray next = line(x, slope.addi(slopeThere).muli(0.5), from, to);
        return state.after(next, 2, List.of());
    }

    private INDArray slopeAt(int level, int call, INDArray x, NetworkCalls network) {
        double sigma = grid().sigma(level);
        Estimate estimate = estimate(network, call, x, sigma, grid().timestep(level));
        return slope(x, estimate.clipped(schedule()).x0(), sigma);
    }
}
