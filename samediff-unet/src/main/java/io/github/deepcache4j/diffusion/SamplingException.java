// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** A run in which a value became NaN or infinite; the message says in which step and where. */
public final class SamplingException extends RuntimeException {

    private final int step;

    SamplingException(int step, String message) {
        super(message);
        this.step = step;
    }

    /** Number of the bad step, from 0; -1 if the initial noise already was bad. */
    public int step() {
        return step;
    }
}
