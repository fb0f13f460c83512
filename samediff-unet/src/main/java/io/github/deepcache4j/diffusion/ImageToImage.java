// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Starts of runs from an image (or latent) instead of noise (Meng et al. 2022, SDEdit). */
public final class ImageToImage {

    private ImageToImage() {}

    /**
     * The state of a run that has only the last steps to take, as diffusers' image-to-image
     * pipelines pick them: {@code floor(strength steps)} of them.
     *
     * <p>Diffusers differs with PNDM without Runge-Kutta steps: it counts the doubled timestep and
     * loses a step ({@link PndmSampler}).
     *
     * @param clean image or latent, {@code [batch, channels, height, width]}
     * @param noise for its initial noise, {@link NoiseSource#initial}
     * @param strength 0 leaves the image as it is, 1 takes all steps
     * @throws IllegalArgumentException if the strength is not between 0 and 1
     */
    public static SamplerState start(
            Sampler sampler, INDArray clean, NoiseSource noise, double strength) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength " + strength + " is not between 0 and 1");
        }
        int first = sampler.steps() - (int) (sampler.steps() * strength);
        return startAt(sampler, clean, noise, first);
    }

    /**
     * The state of a run that begins with a given step.
     *
     * @param first step, from 0; the number of steps means that there is nothing to do
     */
    public static SamplerState startAt(
            Sampler sampler, INDArray clean, NoiseSource noise, int first) {
        if (first < 0 || first > sampler.steps()) {
            throw new IllegalArgumentException(
                    "the first step " + first + " is not between 0 and " + sampler.steps());
        }
        INDArray initial = noise.initial(clean.shape());
        return SamplerState.startAt(first, sampler.noised(clean, initial, first));
    }
}
