// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Pseudo numerical methods for diffusion models (Liu et al. 2022); equal to diffusers'
 * PNDMScheduler. Linear multi-step (PLMS) throughout, the setting of Stable Diffusion, or begun by
 * three pseudo Runge-Kutta steps (PRK).
 *
 * <table>
 * <caption>Notation; step i goes from timestep t to s</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>epsilon<td>e_i<td>the network's answer; history e_{i-1}, e_{i-2}, e_{i-3}
 * <tr><td>mixed<td>e'<td>(55 e_i - 59 e_{i-1} + 37 e_{i-2} - 9 e_{i-3}) / 24 (eq. 12); with less
 * history (23 e_i - 16 e_{i-1} + 5 e_{i-2}) / 12 and (3 e_i - e_{i-1}) / 2
 * <tr><td>transfer<td>φ(x, e, t, s)<td>√(ᾱ_s / ᾱ_t) x - (ᾱ_s - ᾱ_t) e / (ᾱ_t √(1 - ᾱ_s) + √(ᾱ_t (1 - ᾱ_t)
 * ᾱ_s)) (eq. 11)
 * <tr><td>next sample<td>x_s<td>φ(x, e', t, s)
 * </table>
 *
 * <p>The first step without PRK is the improved Euler method: two calls, the average of their
 * answers. So the second step's first call is at the timestep of the first step's second one. A PRK
 * step makes four calls (algorithm 1). s is counted from t by floor(T / steps), as in {@link
 * DdimSampler}.
 *
 * <p>A run that starts at a later step begins with the same improved Euler step there; diffusers
 * instead goes on as if the doubled timestep had been seen, and so skips one.
 */
public final class PndmSampler extends DiscreteSampler {

    private static final int RUNGE_KUTTA_STEPS = 3;
    private static final double[][] MULTISTEP = {
        {3.0 / 2, -1.0 / 2},
        {23.0 / 12, -16.0 / 12, 5.0 / 12},
        {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}
    };

    private final boolean rungeKutta;

    private PndmSampler(NoiseSchedule schedule, int[] timesteps, boolean rungeKutta) {
        super(schedule, timesteps);
        this.rungeKutta = rungeKutta;
    }

    /**
     * A sampler; x0 is never clipped.
     *
     * @param rungeKutta whether the first three steps are PRK; diffusers' {@code skip_prk_steps} is
     *     the opposite
     * @throws IllegalArgumentException if the schedule has no such number of steps, the network
     *     predicts samples, or there are fewer than 4 steps with PRK
     */
    public static PndmSampler of(NoiseSchedule schedule, int steps, boolean rungeKutta) {
        SamplerKind.PNDM.refuse(schedule, PredictionType.SAMPLE);
        if (rungeKutta && steps <= RUNGE_KUTTA_STEPS) {
            throw new IllegalArgumentException(
                    steps
                            + " steps are too few for PNDM with Runge-Kutta steps; take at least"
                            + " 4, or skip_prk_steps true");
        }
        return new PndmSampler(schedule, schedule.timesteps(steps), rungeKutta);
    }

    @Override
    public int callsIn(int step) {
        if (rungeKutta) {
            return step < RUNGE_KUTTA_STEPS ? 4 : 1;
        }
        return step == 0 && steps() > 1 ? 2 : 1;
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        boolean last = step == steps() - 1;
        int timestep = trainingTimestep(step);
        INDArray epsilon = network.predict(0, timestep, state.sample());
        List<INDArray> history = new ArrayList<>(List.of(epsilon));
        history.addAll(state.history());
        List<INDArray> kept = history.subList(0, Math.min(history.size(), RUNGE_KUTTA_STEPS));
        if (rungeKutta && step < RUNGE_KUTTA_STEPS) {
            return state.after(rungeKutta(state, epsilon, network), 4, kept);
        }
        if (history.size() == 1) {
            return last
                    ? state.after(transfer(state, epsilon, timestep, timestep - stride()), 1, kept)
                    : state.after(improvedEuler(state, epsilon, network), 2, kept);
        }
        double[] weights = MULTISTEP[history.size() - 2];
        INDArray mixed = epsilon.mul(weights[0]);
        for (int i = 1; i < weights.length; i++) {
            mixed.addi(history.get(i).mul(weights[i]));
        }
        return state.after(transfer(state, mixed, timestep, timestep - stride()), 1, kept);
    }

    private int stride() {
        return schedule().trainTimesteps() / steps();
    }

    private INDArray improvedEuler(SamplerState state, INDArray epsilon, NetworkCalls network) {
        int timestep = trainingTimestep(state.step());
        int next = trainingTimestep(state.step() + 1);
        INDArray guess = transfer(state, epsilon, timestep, timestep - stride());
        INDArray average = network.predict(1, next, guess).add(epsilon).muli(0.5);
        return transfer(state, average, next + stride(), next);
    }

    /** The classical method of fourth order, with transfers for its straight lines. */
    private INDArray rungeKutta(SamplerState state, INDArray first, NetworkCalls network) {
        int timestep = trainingTimestep(state.step());
        int next = trainingTimestep(state.step() + 1);
        int half = stride() / 2;
        int middle = next + half;
        INDArray x1 = transfer(state, first, timestep, timestep - half);
        INDArray second = network.predict(1, middle, x1);
        INDArray x2 = transfer(state, second, timestep, middle);
        INDArray third = network.predict(2, middle, x2);
        INDArray x3 = transfer(state, third, timestep, next);
        INDArray fourth = network.predict(3, next, x3);
        INDArray mixed = second.add(third).muli(2).addi(first).addi(fourth).divi(6);
        return transfer(state, mixed, timestep, next);
    }

    /** φ of the class comment, from the state's sample. */
    private INDArray transfer(SamplerState state, INDArray answer, int from, int to) {
        INDArray x = state.sample();
        double now = schedule().alphaBar(from);
        double next = schedule().alphaBar(to);
        INDArray epsilon = answer;
        if (schedule().predictionType() == PredictionType.V_PREDICTION) {
            epsilon = answer.mul(Math.sqrt(now)).addi(x.mul(Math.sqrt(1 - now)));
        }
        double weight =
                (next - now) / (now * Math.sqrt(1 - next) + Math.sqrt(now * (1 - now) * next));
        return x.mul(Math.sqrt(next / now)).subi(epsilon.mul(weight));
    }
}
