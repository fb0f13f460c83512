// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.graph.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What inpainting keeps of an image: after every step the part outside the mask is replaced by the
 * known one, as noisy as the next step expects (Lugmayr et al. 2022, eq. 8, without resampling;
 * diffusers' inpainting with a network that does not see the mask).
 *
 * <p>It acts between steps, also with samplers that call the network twice in one.
 */
public final class LatentMask {

    private final INDArray mask;
    private final INDArray clean;
    private final INDArray noise;

    private LatentMask(INDArray mask, INDArray clean, INDArray noise) {
        this.mask = mask;
        this.clean = clean;
        this.noise = noise;
    }

    /**
     * A mask.
     *
     * @param mask 1 where the network paints, 0 where the image stays, values between for a blend;
     *     of the image's shape, or with 1 channel or a batch of 1
     * @param clean the known image or latent, {@code [batch, channels, height, width]}
     * @param noise for its initial noise, {@link NoiseSource#initial}, the same in every step
     * @throws IllegalArgumentException if the mask cannot be spread over the image
     */
    public static LatentMask of(INDArray mask, INDArray clean, NoiseSource noise) {
        boolean fits = mask.rank() == clean.rank();
        for (int i = 0; i < mask.rank() && fits; i++) {
            fits = mask.size(i) == clean.size(i) || (i < 2 && mask.size(i) == 1);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "a mask of "
                            + Shape.of(mask.shape())
                            + " does not fit an image of "
                            + Shape.of(clean.shape()));
        }
        return new LatentMask(
                mask.castTo(clean.dataType()).broadcast(clean.shape()),
                clean.dup('c'),
                noise.initial(clean.shape()));
    }

    /** The state with the known part put back. */
    SamplerState apply(SamplerState state, Sampler sampler) {
        INDArray known = sampler.noised(clean, noise, state.step());
        INDArray painted = state.sample().sub(known).muli(mask);
        return state.withSample(known.addi(painted));
    }
}
