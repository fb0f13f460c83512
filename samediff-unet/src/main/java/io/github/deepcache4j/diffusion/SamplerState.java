// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a run stands between two steps. Immutable; its arrays are never written to. */
public final class SamplerState {

    private final int step;
    private final int calls;
    private final INDArray sample;
    private final List<INDArray> history;

    private SamplerState(int step, int calls, INDArray sample, List<INDArray> history) {
        this.step = step;
        this.calls = calls;
        this.sample = sample;
        this.history = List.copyOf(history);
    }

    /** The state before the first step; the sample is copied. */
    public static SamplerState start(INDArray sample) {
        return startAt(0, sample);
    }

    /**
     * The state of a run that leaves out the first steps; no call is made yet.
     *
     * @param step the first to be taken, from 0
     * @param sample as noisy as that step expects; copied
     */
    public static SamplerState startAt(int step, INDArray sample) {
        return new SamplerState(step, 0, sample.dup('c'), List.of());
    }

    /**
     * The state after one more step.
     *
     * @param next the sample that the step arrived at; owned by the state from now on
     * @param made network calls in this step
     * @param kept what a multi-step method needs of this step and earlier ones
     */
    public SamplerState after(INDArray next, int made, List<INDArray> kept) {
        return new SamplerState(step + 1, calls + made, next, kept);
    }

    /** The same with another sample, owned by the state from now on. */
    public SamplerState withSample(INDArray other) {
        return new SamplerState(step, calls, other, history);
    }

    /** Steps taken or left out, which is also the number (from 0) of the step to come. */
    public int step() {
        return step;
    }

    /** Network calls made, which is also the {@code Step.index} of the call to come. */
    public int calls() {
        return calls;
    }

    /**
     * The sample, {@code [batch, channels, height, width]}, as noisy as the step to come expects.
     */
    public INDArray sample() {
        return sample;
    }

    /** What a multi-step method kept, newest first; empty for one-step methods. */
    public List<INDArray> history() {
        return history;
    }
}
