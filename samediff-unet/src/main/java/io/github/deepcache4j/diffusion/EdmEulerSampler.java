// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler's method for networks in the preconditioning of Karras et al. 2022; equal to diffusers'
 * EDMEulerScheduler. First order, one call a step. The network is told ln(sigma) / 4.
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma<td>σ_i<td>eq. 5, or equal steps in its logarithm
 * <tr><td>data<td>σ_d<td>the data's deviation
 * <tr><td>input<td>c_in x<td>x / √(σ² + σ_d²) (table 1)
 * <tr><td>told<td>c_noise<td>ln(σ) / 4
 * <tr><td>x0<td>D<td>c_skip x + c_out F (eq. 7), F the network, c_skip = σ_d² / (σ² + σ_d²), c_out = σ σ_d /
 * √(σ² + σ_d²), with the other sign for v_prediction
 * <tr><td>next sample<td>x_{i+1}<td>x + (σ_{i+1} - σ_i) (x - D) / σ_i (algorithm 1, lines 4 and 5)
 * </table>
 */
public final class EdmEulerSampler extends GridSampler {

    private final SigmaGrid grid;
    private final EdmEulerOptions options;

    private EdmEulerSampler(SigmaGrid grid, EdmEulerOptions options) {
        super(grid.timesteps(), false);
        this.grid = grid;
        this.options = options;
    }

    /**
     * A sampler; x0 is never clipped.
     *
     * @throws IllegalArgumentException if there is not at least one step
     */
    public static EdmEulerSampler of(int steps, EdmEulerOptions options) {
        if (steps < 1) {
            throw new IllegalArgumentException(steps + " steps: take at least one");
        }
        double[] spread =
                options.exponential()
                        ? SigmaSpacing.EXPONENTIAL.sigmas(
                                options.largest(), options.smallest(), steps)
                        : SigmaSpacing.karras(
                                options.largest(), options.smallest(), options.rho(), steps);
        double[] sigmas = new double[steps + 1];
        double[] told = new double[steps];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) spread[i];
            told[i] = (float) (Math.log(sigmas[i]) / 4);
        }
        sigmas[steps] = options.endsAtZero() ? 0 : sigmas[steps - 1];
        return new EdmEulerSampler(SigmaGrid.of(sigmas, told), options);
    }

    @Override
    NoiseLevel level(int step) {
        return NoiseLevel.exploding(grid.sigma(step));
    }

    @Override
    double initialScale() {
        return Math.sqrt(options.largest() * options.largest() + 1);
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double sigma = grid.sigma(step);
        double variance = sigma * sigma + options.data() * options.data();
        double root = Math.sqrt(variance);
        double out = sigma * options.data() / root;
        if (options.predictionType() == PredictionType.V_PREDICTION) {
            out = -out;
        }
        INDArray answer = network.predict(0, timestep(step), x.div(root));
        INDArray x0 = answer.mul(out).addi(x.mul(options.data() * options.data() / variance));
        INDArray slope = SigmaSampler.slope(x, x0, sigma);
        return state.after(SigmaSampler.line(x, slope, sigma, grid.sigma(step + 1)), 1, List.of());
    }
}
