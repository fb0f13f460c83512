// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.List;

/**
 * Counts sampler steps where a schedule otherwise counts network calls: all calls of a full step
 * are full, all calls of another one are cached. The two readings differ for samplers that call the
 * network more than once in a step (Heun, KDPM2, PNDM).
 *
 * <p>An example is Heun with interval 2. By calls, the first call of every step is full and the
 * second cached. By steps, both calls of every other step are full.
 *
 * @param steps decides by the number of the step
 * @param stepOfCall the step of each call, as {@code Sampler.stepOfCall()} tells
 */
public record PerStepSchedule(CacheSchedule steps, List<Integer> stepOfCall)
        implements CacheSchedule {

    public PerStepSchedule {
        stepOfCall = List.copyOf(stepOfCall);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also for a call that the run does not have
     */
    @Override
    public boolean full(int step) {
        if (Steps.checked(step) >= stepOfCall.size()) {
            throw new IllegalArgumentException(
                    "call "
                            + step
                            + " is beyond the run, which has "
                            + stepOfCall.size()
                            + " calls; take stepOfCall() of the sampler that runs");
        }
        return steps.full(stepOfCall.get(step));
    }
}
