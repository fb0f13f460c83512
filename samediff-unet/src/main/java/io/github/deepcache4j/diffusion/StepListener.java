// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** Hears of every step that a {@link SamplingLoop} has taken, for progress and timing. */
@FunctionalInterface
public interface StepListener {

    /** Hears nothing. */
    StepListener NONE = (step, steps, timestep, seconds) -> {};

    /**
     * Called after each step, on the thread that samples.
     *
     * @param step number of the step, from 0
     * @param steps number of steps of the run
     * @param timestep training timestep of the step
     * @param seconds wall-clock time of the step, network included
     */
    void stepTaken(int step, int steps, double timestep, double seconds);
}
