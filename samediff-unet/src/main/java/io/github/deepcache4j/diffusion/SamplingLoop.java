// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The loop over the steps of a sampler, the only one there is. Immutable. */
public final class SamplingLoop {

    private final Sampler sampler;
    private final NoisePredictor network;
    private final UnaryOperator<SamplerState> edit;

    private SamplingLoop(
            Sampler sampler, NoisePredictor network, UnaryOperator<SamplerState> edit) {
        this.sampler = sampler;
        this.network = network;
        this.edit = edit;
    }

    public static SamplingLoop of(Sampler sampler, NoisePredictor network) {
        return new SamplingLoop(sampler, network, UnaryOperator.identity());
    }

    /** The same, with what the mask keeps put back after every step. */
    public SamplingLoop withMask(LatentMask mask) {
        return new SamplingLoop(sampler, network, state -> mask.apply(state, sampler));
    }

    /**
     * Samples a batch from the source's initial noise.
     *
     * @param conditions the network's other inputs by name, the same in every step
     * @param shape {@code [batch, channels, height, width]}
     * @return as {@link #run(INDArray, Map, NoiseSource, StepListener)}
     */
    public INDArray run(
            NoiseSource noise,
            Map<String, INDArray> conditions,
            StepListener listener,
            long... shape) {
        return run(noise.initial(shape), conditions, noise, listener);
    }

    /** The same, telling nobody of its steps. */
    public INDArray run(NoiseSource noise, Map<String, INDArray> conditions, long... shape) {
        return run(noise, conditions, StepListener.NONE, shape);
    }

    /**
     * Samples a batch from given noise.
     *
     * @param initial standard normal, {@code [batch, channels, height, width]}; not changed
     * @param conditions the network's other inputs by name, the same in every step
     * @param noise for samplers that add noise in their steps
     * @return the sample, of the noise's shape and type: an image in about [-1, 1], or a latent;
     *     the caller's to keep
     * @throws SamplingException as soon as a value is NaN or infinite, in the sample or in an
     *     answer of the network
     */
    public INDArray run(
            INDArray initial,
            Map<String, INDArray> conditions,
            NoiseSource noise,
            StepListener listener) {
        check(initial, -1, "in the initial noise");
        return run(sampler.start(initial), conditions, noise, listener);
    }

    /**
     * Goes on from a state to the end.
     *
     * @param from such as {@link ImageToImage} makes
     * @return as {@link #run(INDArray, Map, NoiseSource, StepListener)}
     */
    public INDArray run(
            SamplerState from,
            Map<String, INDArray> conditions,
            NoiseSource noise,
            StepListener listener) {
        check(from.sample(), from.step() - 1, "in the sample to start from");
        SamplerState state = from;
        double[] timesteps = sampler.timesteps();
        for (int step = from.step(); step < timesteps.length; step++) {
            long start = System.nanoTime();
            String when =
                    "step "
                            + (step + 1)
                            + " of "
                            + timesteps.length
                            + " (timestep "
                            + timesteps[step]
                            + ")";
            state = sampler.next(state, checked(step, when), conditions, noise);
            check(state.sample(), step, "in the sample after " + when);
            state = edit.apply(state);
            listener.stepTaken(
                    step, timesteps.length, timesteps[step], (System.nanoTime() - start) / 1e9);
        }
        return state.sample();
    }

    /** Looks at the answers too, since ND4J's clipping turns NaN into the clip range. */
    private NoisePredictor checked(int step, String when) {
        return (sample, call) -> {
            INDArray answer = network.predict(sample, call);
            check(answer, step, "in the network's answer in " + when);
            return answer;
        };
    }

    private static void check(INDArray array, int step, String where) {
        NonFinite.in(array)
                .ifPresent(
                        counts -> {
                            throw new SamplingException(step, counts + " " + where);
                        });
    }
}
