// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * The share of signal left at each training timestep, cumulative products of 1 - beta (Ho et al.
 * 2020, eq. 4). Arithmetic is float32 where diffusers' is, so that values agree to the last bits.
 */
final class AlphaBars {

    /** What diffusers puts in place of an alphaBar of 0 where sigma would be infinite. */
    private static final float LEAST = 0x1p-24f;

    private final float[] values;

    private AlphaBars(float[] values) {
        this.values = values;
    }

    /** Accumulated in double and kept in float, as {@code torch.cumprod} does. */
    static AlphaBars of(float[] betas) {
        float[] values = new float[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1 - betas[i];
            values[i] = (float) product;
        }
        return new AlphaBars(values);
    }

    int count() {
        return values.length;
    }

    float at(int timestep) {
        return values[timestep];
    }

    /**
     * The same with nothing of the signal left at the last timestep: sqrt(alphaBar) is shifted to
     * end at 0 and scaled to begin where it did (Lin et al. 2023, algorithm 1).
     */
    AlphaBars withZeroTerminalSnr() {
        int last = values.length - 1;
        if (last < 1) {
            throw new IllegalArgumentException(
                    "rescale_betas_zero_snr needs at least 2 training timesteps");
        }
        float first = Estimate.sqrt(values[0]);
        float end = Estimate.sqrt(values[last]);
        float[] betas = new float[values.length];
        float before = 1;
        for (int i = 0; i <= last; i++) {
            float root = (Estimate.sqrt(values[i]) - end) * (first / (first - end));
            float alphaBar = root * root;
            betas[i] = 1 - alphaBar / before;
            before = alphaBar;
        }
        return of(betas);
    }

    /** Noise over signal at every timestep, sqrt((1 - alphaBar) / alphaBar). */
    float[] sigmas() {
        float[] sigmas = new float[values.length];
        for (int i = 0; i < sigmas.length; i++) {
            float alphaBar = values[i] == 0 ? LEAST : values[i];
            sigmas[i] = Estimate.sqrt((1 - alphaBar) / alphaBar);
        }
        return sigmas;
    }
}
