// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way from noise to a sample in a fixed number of steps. Immutable: what a step leaves for the
 * next one is in the {@link SamplerState} that is handed on, so one sampler serves many runs at a
 * time.
 *
 * <p>{@link SamplingLoop} is what runs it.
 *
 * <h2>Steps and calls</h2>
 *
 * Second-order samplers call the network twice in a step, and {@code Step.index} counts calls. So a
 * cache with interval N runs in full at every N-th <em>call</em>: with Heun and N = 2 that is the
 * first call of every step. {@link #stepOfCall} is for those who want every N-th <em>step</em> in
 * full, all its calls included.
 */
public interface Sampler {

    /** Number of steps; some samplers call the network more than once in a step. */
    int steps();

    /** What the network is told in each step's first call, noisiest first, {@code [steps]}. */
    double[] timesteps();

    /**
     * Network calls in a step.
     *
     * @param step from 0
     */
    default int callsIn(int step) {
        return 1;
    }

    /**
     * The step that each network call belongs to: element i is the step, from 0, of the call whose
     * {@code Step.index} is i. As long as a whole run has calls.
     */
    default List<Integer> stepOfCall() {
        return IntStream.range(0, steps())
                .boxed()
                .flatMap(step -> Collections.nCopies(callsIn(step), step).stream())
                .toList();
    }

    /**
     * The state before the first step.
     *
     * @param noise standard normal, {@code [batch, channels, height, width]}; copied
     */
    SamplerState start(INDArray noise);

    /**
     * A clean sample as noisy as a step expects it; diffusers' {@code add_noise}.
     *
     * @param clean {@code [batch, channels, height, width]}; not changed
     * @param noise standard normal, of the same shape; not changed
     * @param step from 0; the number of steps gives the clean sample itself
     * @return new array
     */
    INDArray noised(INDArray clean, INDArray noise, int step);

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
