// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multi-step sampling of latent consistency models (Luo et al. 2023, algorithm 3 of the appendix);
 * equal to diffusers' LCMScheduler. The model must have been distilled for it.
 *
 * <table>
 * <caption>Notation; t is this step's timestep, s the next step's</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>x0<td>x̂_0<td>the network's x0 at t, clipped or thresholded
 * <tr><td>skip<td>c_skip<td>0.25 / ((t k)² + 0.25), k the timestep scaling, 0.5 the data's deviation
 * <tr><td>out<td>c_out<td>t k / √((t k)² + 0.25)
 * <tr><td>consistent<td>f<td>c_skip x + c_out x̂_0 (eq. 9 with Song et al. 2023, eq. 5)
 * <tr><td>next sample<td>x_s<td>√ᾱ_s f + √(1 - ᾱ_s) z, z standard normal; f in the last step
 * </table>
 *
 * <p>The timesteps are picked evenly from those of distillation, T / k apart, whatever the
 * schedule's spacing.
 */
public final class LcmSampler extends DiscreteSampler {

    private static final double DATA_VARIANCE = 0.25;

    private final LcmOptions options;

    private LcmSampler(NoiseSchedule schedule, int[] timesteps, LcmOptions options) {
        super(schedule, timesteps);
        this.options = options;
    }

    /**
     * A sampler with the schedule's clipping and thresholding.
     *
     * @throws IllegalArgumentException if the model was not distilled for so many steps
     */
    public static LcmSampler of(NoiseSchedule schedule, int steps, LcmOptions options) {
        int original = options.originalSteps();
        if (steps < 1 || steps > original || original > schedule.trainTimesteps()) {
            throw new IllegalArgumentException(
                    steps
                            + " steps of "
                            + original
                            + " original ones (original_inference_steps) of "
                            + schedule.trainTimesteps()
                            + " timesteps: each number must fit into the next one");
        }
        int ratio = schedule.trainTimesteps() / original;
        double stride = (double) original / steps;
        int[] timesteps = new int[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = (original - (int) (i * stride)) * ratio - 1;
        }
        return new LcmSampler(schedule, timesteps, options);
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double scaled = timestep(step) * options.timestepScaling();
        double norm = scaled * scaled + DATA_VARIANCE;
        INDArray x0 =
                estimate(state, network.predict(0, timestep(step), x)).bounded(schedule()).x0();
        INDArray next = x0.mul(scaled / Math.sqrt(norm)).addi(x.mul(DATA_VARIANCE / norm));
        if (step < steps() - 1) {
            NoiseLevel level = level(step + 1);
            next.muli(level.signal()).addi(drawn(noise, state).muli(level.noise()));
        }
        return state.after(next, 1, List.of());
    }
}
