// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import org.jspecify.annotations.Nullable;

/**
 * A model file cannot be imported; the message is one line for a person: what failed, with which
 * value, what to do.
 */
public final class ImportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImportException(String message) {
        this(message, null);
    }

    public ImportException(String message, @Nullable Throwable cause) {
        super(message.strip().replaceAll("\\s*\\R\\s*", " "), cause);
    }
}
