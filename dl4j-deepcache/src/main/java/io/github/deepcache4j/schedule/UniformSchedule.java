// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

/**
 * One full step every {@code interval} steps: step s is full if s mod N = 0 (Ma et al. 2024, sec.
 * 3.3, "1:N" inference).
 *
 * @param interval N, at least 1; 1 makes every step full
 */
public record UniformSchedule(int interval) implements CacheSchedule {

    public UniformSchedule {
        if (interval < 1) {
            throw new IllegalArgumentException(
                    "the interval is " + interval + "; it counts steps, so 1 or more");
        }
    }

    @Override
    public boolean full(int step) {
        return Steps.checked(step) % interval == 0;
    }
}
