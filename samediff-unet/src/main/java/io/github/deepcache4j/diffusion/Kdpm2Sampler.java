// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The midpoint method on the probability flow, its midpoint in the middle of log sigma
 * (k-diffusion's {@code sample_dpm_2}, after DPM-Solver-2, Lu et al. 2022, algorithm 1, and Karras
 * et al. 2022, algorithm 2); equal to diffusers' KDPM2DiscreteScheduler. Second order: two calls a
 * step, one in the last step to sigma 0.
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma, sample, x0<td>σ, x, D<td>as in {@link EulerSampler}
 * <tr><td>slope<td>d<td>(x - D(x; σ_i)) / σ_i
 * <tr><td>middle<td>σ_m<td>√(σ_i σ_{i+1})
 * <tr><td>halfway<td>x'<td>x + (σ_m - σ_i) d
 * <tr><td>slopeThere<td>d'<td>(x' - D(x'; σ_m)) / σ_m
 * <tr><td>next sample<td>x_{i+1}<td>x + (σ_{i+1} - σ_i) d'; x + (0 - σ_i) d if σ_{i+1} is 0
 * </table>
 *
 * <p>The midpoint's timestep is hardly ever whole.
 */
public final class Kdpm2Sampler extends SigmaSampler {

    private final TrainedSigmas trained;

    private Kdpm2Sampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(schedule, grid);
        this.trained = new TrainedSigmas(schedule);
    }

    /**
     * A sampler; x0 is never clipped.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps, or the network
     *     predicts samples
     */
    public static Kdpm2Sampler of(NoiseSchedule schedule, int steps, SigmaSpacing spacing) {
        SamplerKind.KDPM2.refuse(schedule, PredictionType.SAMPLE);
        return new Kdpm2Sampler(
                schedule,
                SigmaGrid.euler(schedule, steps, SigmaOptions.of(spacing), SamplerKind.KDPM2));
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
        INDArray x0 = estimate(network, 0, x, from, grid().timestep(step)).x0();
        INDArray slope = slope(x, x0, from);
        if (to == 0) {
            return state.after(line(x, slope, from, to), 1, List.of());
        }
        double middle = Math.sqrt(from * to);
        INDArray halfway = line(x, slope, from, middle);
        INDArray x0There = estimate(network, 1, halfway, middle, trained.timestepOf(middle)).x0();
        INDArray next = line(x, slope(halfway, x0There, middle), from, to);
        return state.after(next, 2, List.of());
    }
}
