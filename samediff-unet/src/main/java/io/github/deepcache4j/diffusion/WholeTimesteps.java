// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;

/**
 * A network that is told the nearest whole timestep, for exported models whose timestep is an
 * integer: samplers that go by sigma ask between the timesteps too. Diffusers' torch models are
 * told the fraction, so this is an approximation and never applied silently.
 */
public final class WholeTimesteps {

    private WholeTimesteps() {}

    /** The network behind rounding, half to even. */
    public static NoisePredictor of(NoisePredictor network) {
        return (sample, step) ->
                network.predict(
                        sample,
                        new Step(
                                step.index(),
                                Math.rint(step.timestep()),
                                step.cacheKey(),
                                step.conditions()));
    }
}
