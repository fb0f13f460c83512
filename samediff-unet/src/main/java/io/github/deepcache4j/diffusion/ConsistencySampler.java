// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multi-step sampling of sigma-conditioned consistency models (Song et al. 2023, algorithm 1);
 * equal to diffusers' CMStochasticIterativeScheduler. The model must have been trained for it. It
 * is told 250 ln(sigma).
 *
 * <table>
 * <caption>Notation; step i</caption>
 * <tr><th>name<th>symbol<th>equation
 * <tr><td>sigma<td>σ_i<td>Karras et al. 2022, eq. 5, at every floor(T / steps)-th of T levels; σ_min at the end
 * <tr><td>data, smallest<td>σ_d, ε<td>the data's deviation, and σ_min
 * <tr><td>input<td>c_in x<td>x / √(σ² + σ_d²)
 * <tr><td>skip<td>c_skip<td>σ_d² / ((σ - ε)² + σ_d²) (appendix C)
 * <tr><td>out<td>c_out<td>(σ - ε) σ_d / √(σ² + σ_d²)
 * <tr><td>x0<td>f<td>c_skip x + c_out F (eq. 5), clipped
 * <tr><td>next sample<td>x_{i+1}<td>f + s √(σ_{i+1}² - ε²) z, z standard normal (algorithm 1, line 4)
 * </table>
 */
public final class ConsistencySampler extends GridSampler {

    private final SigmaGrid grid;
    private final ConsistencyOptions options;

    private ConsistencySampler(SigmaGrid grid, ConsistencyOptions options) {
        super(grid.timesteps(), false);
        this.grid = grid;
        this.options = options;
    }

    /**
     * A sampler.
     *
     * @throws IllegalArgumentException if there are fewer levels than steps
     */
    public static ConsistencySampler of(int steps, ConsistencyOptions options) {
        int trained = options.trainTimesteps();
        if (steps < 1 || steps > trained) {
            throw new IllegalArgumentException(
                    steps
                            + " steps: the model was trained with "
                            + trained
                            + " levels; choose between 1 and "
                            + trained);
        }
        double[] sigmas = new double[steps + 1];
        double[] told = new double[steps];
        for (int i = 0; i < steps; i++) {
            double share = (double) (i * (trained / steps)) / (trained - 1);
            double sigma =
                    SigmaSpacing.karras(
                            options.largest(), options.smallest(), options.rho(), share);
            sigmas[i] = (float) sigma;
            told[i] = 250 * Math.log(sigma);
        }
        sigmas[steps] = (float) options.smallest();
        return new ConsistencySampler(SigmaGrid.of(sigmas, told), options);
    }

    @Override
    NoiseLevel level(int step) {
        return NoiseLevel.exploding(grid.sigma(step));
    }

    @Override
    double initialScale() {
        return options.largest();
    }

    @Override
    SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise) {
        int step = state.step();
        INDArray x = state.sample();
        double sigma = grid.sigma(step);
        double above = sigma - options.smallest();
        double dataVariance = options.data() * options.data();
        double root = Math.sqrt(sigma * sigma + dataVariance);
        INDArray next =
                network.predict(0, timestep(step), x.div(root)).mul(above * options.data() / root);
        next.addi(x.mul(dataVariance / (above * above + dataVariance)));
        if (options.clips()) {
            next = Estimate.clip(next, 1);
        }
        double there = grid.sigma(step + 1);
        double up = Math.sqrt(Math.max(there * there - options.smallest() * options.smallest(), 0));
        if (step < steps() - 1) {
            next.addi(drawn(noise, state).muli(options.noise() * up));
        }
        return state.after(next, 1, List.of());
    }
}
