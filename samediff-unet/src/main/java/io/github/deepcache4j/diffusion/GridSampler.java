// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What all samplers share: a list of timesteps, and a level of noise at each. Immutable. */
abstract class GridSampler implements Sampler {

    private final double[] timesteps;
    private final boolean learnsVariance;

    /**
     * @param timesteps one a step
     * @param learnsVariance whether the network's answers have a second half of channels
     */
    GridSampler(double[] timesteps, boolean learnsVariance) {
        this.timesteps = timesteps;
        this.learnsVariance = learnsVariance;
    }

    @Override
    public final int steps() {
        return timesteps.length;
    }

    @Override
    public final double[] timesteps() {
        return timesteps.clone();
    }

    final double timestep(int step) {
        return timesteps[step];
    }

    /**
     * Mix of the sample before a step, in the sampler's own scale.
     *
     * @param step 0 to {@link #steps}, which is the level that the last step arrives at
     */
    abstract NoiseLevel level(int step);

    /** Factor that makes standard normal noise the first step's sample. */
    double initialScale() {
        return 1;
    }

    @Override
    public final SamplerState start(INDArray noise) {
        INDArray sample = noise.dup('c');
        return SamplerState.start(initialScale() == 1 ? sample : sample.muli(initialScale()));
    }

    @Override
    public final INDArray noised(INDArray clean, INDArray noise, int step) {
        if (step == steps()) {
            return clean.dup('c');
        }
        NoiseLevel level = level(step);
        return clean.mul(level.signal()).addi(noise.castTo(clean.dataType()).mul(level.noise()));
    }

    @Override
    public final SamplerState next(
            SamplerState state,
            NoisePredictor network,
            Map<String, INDArray> conditions,
            NoiseSource noise) {
        if (state.step() >= timesteps.length) {
            throw new IllegalStateException(
                    "the sampler has " + timesteps.length + " steps, and all are taken");
        }
        NetworkCalls calls = new NetworkCalls(network, conditions, state.calls(), learnsVariance);
        return next(state, calls, noise);
    }

    /** Takes one step; there is one to take. */
    abstract SamplerState next(SamplerState state, NetworkCalls network, NoiseSource noise);

    /** The step's noise in the type of the sample; the caller's to write to. */
    static INDArray drawn(NoiseSource noise, SamplerState state) {
        INDArray sample = state.sample();
        return noise.step(state.step(), sample.shape()).castTo(sample.dataType());
    }
}
