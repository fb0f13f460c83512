// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * UniPC, a predictor and a corrector that share one form (Zhao et al. 2023, algorithms 5 to 8);
 * equal to diffusers' UniPCMultistepScheduler. One call a step: the corrector uses the call that
 * the next step's predictor makes anyway.
 *
 * <table>
 * <caption>Notation; a step goes from level s to t, p is its order</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>signal, noise, lambda<td>α, σ, λ<td>x = α x_0 + σ ε, λ = ln(α / σ)
 * <tr><td>h<td>h<td>λ_t - λ_s for epsilon, λ_s - λ_t for x_0
 * <tr><td>outputs<td>m_0, m_k<td>the network's x_0 (or ε) at s, and k steps before
 * <tr><td>ratio<td>r_k<td>(λ_k - λ_s) / (λ_t - λ_s); r of t itself is 1
 * <tr><td>basis<td>B(h)<td>h (bh1) or e^h - 1 (bh2)
 * <tr><td>weights<td>ρ<td>solve Σ_k r_k^(j-1) ρ_k = j! φ_(j+1)(h) h / B(h), j = 1 ... (theorem 3.1)
 * <tr><td>next sample<td>x_t<td>(σ_t / σ_s) x - α_t (e^h - 1) m_0 - α_t B(h) Σ_k ρ_k (m_k - m_0) / r_k (eq. 9);
 * for ε, α and σ change places
 * </table>
 *
 * <p>The predictor sums over k = 1 ... p - 1, the corrector over t too (eq. 3 and 8). φ_(j+1)(h) h
 * is computed by φ_(j+1) h = φ_j - 1 / j!. A ρ that is alone is 1/2, as in the paper's code.
 *
 * <p>History: the corrected sample of the step before, then its outputs, newest first.
 */
public final class UniPcSampler extends MultistepSampler {

    private final UniPcOptions options;

    UniPcSampler(NoiseSchedule schedule, SigmaGrid grid, UniPcOptions options) {
        super(schedule, grid);
        this.options = options;
        if (endsAtZero()
                && (options.bh1()
                        || !options.predictsX0()
                        || (!options.lowerOrderFinal() && options.order() > 1))) {
            throw new IllegalArgumentException(
                    "UniPC to sigma 0 needs solver_type bh2, predict_x0 and lower_order_final; with"
                            + " others its last step is not finite: take final_sigmas_type"
                            + " sigma_min");
        }
    }

    /**
     * A sampler with the schedule's dynamic thresholding, if any; x0 is never clipped.
     *
     * @throws IllegalArgumentException if the schedule has no such number of steps, or the options
     *     cannot go to the last level
     */
    public static UniPcSampler of(
            NoiseSchedule schedule, int steps, UniPcOptions options, SigmaOptions sigmas) {
        return new UniPcSampler(
                schedule,
                SigmaGrid.multistep(
                        schedule, steps, sigmas, Double.NEGATIVE_INFINITY, SamplerKind.UNIPC),
                options);
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        Estimate estimate = estimate(state, network);
        INDArray output = options.predictsX0() ? estimate.x0() : estimate.epsilon();
        INDArray sample = state.sample();
        List<INDArray> before = state.history();
        if (!before.isEmpty() && !options.uncorrected().contains(step - 1)) {
            List<INDArray> outputs = before.subList(1, before.size());
            sample = update(before.get(0), outputs, output, step - 1);
        }
        List<INDArray> outputs = new ArrayList<>(List.of(output));
        outputs.addAll(before.subList(Math.min(1, before.size()), before.size()));
        INDArray next = update(sample, outputs, null, step);

        List<INDArray> kept = new ArrayList<>(List.of(sample));
        kept.addAll(outputs.subList(0, Math.min(outputs.size(), options.order())));
        return state.after(next, 1, kept);
    }

    private int order(int step, int outputs) {
        int order = Math.min(options.order(), outputs);
        return options.lowerOrderFinal() ? Math.min(order, steps() - step) : order;
    }

    /**
     * The sample at the end of a step.
     *
     * @param x at its beginning
     * @param outputs newest first
     * @param arrived the output at the end for the corrector, null for the predictor
     */
    private INDArray update(
            INDArray x, List<INDArray> outputs, @Nullable INDArray arrived, int step) {
        NoiseLevel from = level(step);
        NoiseLevel to = level(step + 1);
        double lambdaStep = to.lambda() - from.lambda();
        double h = options.predictsX0() ? -lambdaStep : lambdaStep;
        double basis = options.bh1() ? h : Math.expm1(h);
        double keep =
                options.predictsX0() ? to.noise() / from.noise() : to.signal() / from.signal();
        double add = options.predictsX0() ? to.signal() : to.noise();

        int order = order(step, outputs.size());
        double[] ratios = new double[order];
        for (int k = 1; k < order; k++) {
            ratios[k - 1] = (level(step - k).lambda() - from.lambda()) / lambdaStep;
        }
        ratios[order - 1] = 1;
        INDArray newest = outputs.get(0);
        INDArray next = x.mul(keep).subi(newest.mul(add * Math.expm1(h)));
        double[] weights =
                UniPcWeights.solve(ratios, arrived == null ? order - 1 : order, h, basis);
        for (int k = 0; k < weights.length; k++) {
            INDArray other = arrived != null && k == order - 1 ? arrived : outputs.get(k + 1);
            next.subi(other.sub(newest).muli(add * basis * weights[k] / ratios[k]));
        }
        return next;
    }
}
