// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.util.function.Supplier;
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

    /**
     * Does a part of an import; turns whatever a damaged file brings about into one exception.
     *
     * @param file named in its message
     */
    public static <T> T guarded(String file, Supplier<T> work) {
        try {
            return work.get();
        } catch (ImportException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw new ImportException(
                    file + ": does not fit into memory: " + e.getMessage() + "; give more (-Xmx)",
                    e);
        } catch (StackOverflowError e) {
            throw new ImportException(file + ": is nested too deeply", e);
        } catch (RuntimeException e) {
            // a damaged file can be wrong in more ways than there are checks
            throw new ImportException(file + ": cannot be imported: " + e, e);
        }
    }
}
