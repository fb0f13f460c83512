// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way from noise to a sample in a fixed number of steps. Immutable: what a step leaves for the
 * next one is in the {@link SamplerState} that is handed on, so one sampler serves many runs at a
 * time.
 *
 * <p>{@link SamplingLoop} is what runs it.
 */
public interface Sampler {

    /** Number of steps; some samplers call the network more than once in a step. */
    int steps();

    /** Training timestep of each step, noisiest first, {@code [steps]}. */
    double[] timesteps();

    /**
     * The state before the first step.
     *
     * @param noise standard normal, {@code [batch, channels, height, width]}; copied
     */
    SamplerState start(INDArray noise);

    /**
     * Takes one step.
     *
     * @param state of {@link #start} or the step before; not changed
     * @param network called with {@code Step.index} counting on from {@link SamplerState#calls}
     * @param conditions the network's other inputs, passed on in every call
     * @param noise asked only if the sampler adds noise in this step
     * @throws IllegalStateException if there are no more steps, or the network answers in another
     *     shape than the sample's
     */
    SamplerState next(
            SamplerState state,
            NoisePredictor network,
            Map<String, INDArray> conditions,
            NoiseSource noise);
}
