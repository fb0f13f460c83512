// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

/** Training cannot go on: one line that says what happened, at which step, and what to do. */
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TrainingException(String message) {
        super(message);
    }
}
