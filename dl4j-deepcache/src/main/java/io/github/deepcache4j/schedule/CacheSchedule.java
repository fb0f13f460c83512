// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Which denoiser calls run in full. Decides on the step index, which counts calls from 0, never on
 * the timestep: samplers repeat timesteps, and a lookup by timestep finds the first of them.
 *
 * <p>Step 0 is always full, since nothing is cached before it. Kept as a plain functional
 * interface: {@code step -> step % 5 == 0} is a schedule too.
 */
@FunctionalInterface
public interface CacheSchedule {

    /**
     * True if the step runs in full, false if it reuses the cached boundary.
     *
     * @param step index of the denoiser call, from 0
     * @throws IllegalArgumentException if it is negative
     */
    boolean full(int step);

    /** The full steps among the first {@code totalSteps}, ascending. */
    default List<Integer> fullSteps(int totalSteps) {
        return IntStream.range(0, totalSteps).filter(this::full).boxed().toList();
    }
}
