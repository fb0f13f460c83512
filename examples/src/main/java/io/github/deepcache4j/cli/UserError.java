// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import org.jspecify.annotations.Nullable;

/** Wrong use: one line that says what failed, with which value, and what to do. */
final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UserError(String message) {
        this(message, null);
    }

    UserError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
