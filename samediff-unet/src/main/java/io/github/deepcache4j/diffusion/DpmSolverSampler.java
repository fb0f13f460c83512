// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DPM-Solver++, multi-step (Lu et al. 2022b, algorithm 2, "2M"), its first and third order, and
 * their stochastic forms; equal to diffusers' DPMSolverMultistepScheduler. One call a step.
 *
 * <table>
 * <caption>Notation; step i goes from level s to t; h is 2 h where the equation is stochastic, but
 * in e^-h of the first term</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>signal, noise<td>α, σ<td>x = α x_0 + σ ε
 * <tr><td>lambda<td>λ<td>ln(α / σ)
 * <tr><td>h<td>h<td>λ_t - λ_s; h_0 and h_1 of the two steps before
 * <tr><td>x0<td>m_0<td>the network's x_0 at s; history m_1, m_2
 * <tr><td>first<td>D_1<td>(m_0 - m_1) h / h_0; for order 3 a parabola's, with d = (m_0 - m_1) h / h_0 and
 * d' = (m_1 - m_2) h / h_1 it is d + h_0 (d - d') / (h_0 + h_1)
 * <tr><td>second<td>D_2<td>h (d - d') / (h_0 + h_1)
 * <tr><td>gain<td>φ_1<td>1 - e^-h
 * <tr><td>next sample<td>x_t<td>(σ_t / σ_s) x + α_t φ_1 m_0 + c_1 D_1 + c_2 D_2 (eq. 9)
 * <tr><td>midpoint<td>c_1<td>α_t φ_1 / 2 (algorithm 2)
 * <tr><td>heun, order 3<td>c_1<td>α_t (1 - φ_1 / h)
 * <tr><td>order 3<td>c_2<td>α_t ((φ_1 - h) / h² + 1/2); - 1/2 in the stochastic form
 * <tr><td>stochastic<td><td>the first term times e^-h, and + σ_t √(1 - e^-2h) z (SDE-DPM-Solver++, app. B)
 * </table>
 *
 * <p>The - 1/2 of the stochastic third order is what diffusers 0.37 computes. It does not vanish
 * for small h as it should, so that form is not of third order, neither there nor here.
 */
public final class DpmSolverSampler extends MultistepSampler {

    /** Runs with fewer steps end in lower orders, for stability. */
    private static final int SHORT_RUN = 15;

    private final DpmSolverOptions options;

    DpmSolverSampler(NoiseSchedule schedule, SigmaGrid grid, DpmSolverOptions options) {
        super(schedule, grid);
        this.options = options;
    }

    /**
     * A sampler with the schedule's dynamic thresholding, if any; x0 is never clipped.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps
     */
    public static DpmSolverSampler of(
            NoiseSchedule schedule, int steps, DpmSolverOptions options, SigmaOptions sigmas) {
        SigmaGrid grid =
                SigmaGrid.multistep(
                        schedule, steps, sigmas, options.leastLambda(), SamplerKind.DPM_SOLVER);
        return new DpmSolverSampler(schedule, grid, options);
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        List<INDArray> outputs = new ArrayList<>(List.of(estimate(state, network).x0()));
        outputs.addAll(state.history());
        NoiseLevel from = level(step);
        NoiseLevel to = level(step + 1);
        double h = to.lambda() - from.lambda();
        double span = options.stochastic() ? 2 * h : h;
        double gain = -Math.expm1(-span);

        double keep = to.noise() / from.noise() * (options.stochastic() ? Math.exp(-h) : 1);
        INDArray next = state.sample().mul(keep).addi(outputs.get(0).mul(to.signal() * gain));
        int order = order(step, outputs.size());
        if (order > 1) {
            addCorrections(next, outputs, step, order, span);
        }
        if (options.stochastic()) {
            double deviation = to.noise() * Math.sqrt(gain);
            next.addi(drawn(noise, state).muli(deviation));
        }
        int kept = Math.min(outputs.size(), options.order() - 1);
        return state.after(next, 1, outputs.subList(0, kept));
    }

    private int order(int step, int outputs) {
        boolean shortRun = options.lowerOrderFinal() && steps() < SHORT_RUN;
        int order = Math.min(options.order(), outputs);
        if (step == steps() - 1 && (options.eulerAtFinal() || shortRun || endsAtZero())) {
            return 1;
        }
        return step == steps() - 2 && shortRun ? Math.min(order, 2) : order;
    }

    /** Adds c_1 D_1 and c_2 D_2. */
    private void addCorrections(
            INDArray next, List<INDArray> outputs, int step, int order, double span) {
        double signal = level(step + 1).signal();
        double gain = -Math.expm1(-span);
        INDArray change = change(outputs, 0, step);
        if (order == 2) {
            next.addi(change.muli(signal * (options.heun() ? 1 - gain / span : gain / 2)));
            return;
        }
        INDArray before = change(outputs, 1, step);
        INDArray bend = change.sub(before);
        double h0 = lambdaStep(step - 1);
        double h1 = lambdaStep(step - 2);
        change.addi(bend.mul(h0 / (h0 + h1)));
        double half = options.stochastic() ? -0.5 : 0.5;
        next.addi(change.muli(signal * (1 - gain / span)));
        next.addi(
                bend.muli(
                        signal
                                * ((gain - span) / (span * span) + half)
                                * lambdaStep(step)
                                / (h0 + h1)));
    }

    /** How x0 changed over an earlier step, stretched to this one's length in lambda; new array. */
    private INDArray change(List<INDArray> outputs, int back, int step) {
        double stretch = lambdaStep(step) / lambdaStep(step - 1 - back);
        return outputs.get(back).sub(outputs.get(back + 1)).muli(stretch);
    }

    private double lambdaStep(int step) {
        return level(step + 1).lambda() - level(step).lambda();
    }
}
