// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * How a noisy sample is mixed: x = signal x0 + noise epsilon.
 *
 * <p>Samplers keep x in one of two scales. In the variance-preserving one, which networks are
 * trained with, signal² + noise² = 1. In the variance-exploding one of Karras et al. 2022 signal is
 * 1 and noise is sigma; x is the first divided by its signal.
 *
 * @param signal factor of the clean sample (√ᾱ or 1)
 * @param noise factor of the standard normal noise (√(1 - ᾱ) or σ)
 */
record NoiseLevel(double signal, double noise) {

    /** Variance-preserving, rounded to float32 as diffusers does. */
    static NoiseLevel ofAlphaBar(float alphaBar) {
        return new NoiseLevel(Estimate.sqrt(alphaBar), Estimate.sqrt(1 - alphaBar));
    }

    /** Variance-preserving, with noise / signal = sigma. */
    static NoiseLevel ofSigma(double sigma) {
        double signal = 1 / Math.sqrt(sigma * sigma + 1);
        return new NoiseLevel(signal, sigma * signal);
    }

    static NoiseLevel exploding(double sigma) {
        return new NoiseLevel(1, sigma);
    }

    /** Deviation of x where x0 has deviation 1: networks are shown x divided by it. */
    double norm() {
        return signal == 1 ? Math.sqrt(1 + noise * noise) : 1;
    }

    /** Half the logarithm of the signal-to-noise ratio, λ; infinite without noise. */
    double lambda() {
        return Math.log(signal) - Math.log(noise);
    }
}
