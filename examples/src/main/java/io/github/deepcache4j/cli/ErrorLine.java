// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.SamplingException;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.training.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import picocli.CommandLine;

/** Any failure as one line for a person. */
final class ErrorLine {

    private ErrorLine() {}

    static String of(Throwable failure) {
        return ("deepcache: " + text(failure)).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static String text(Throwable failure) {
        if (failure instanceof FileSystemException file) {
            return text(file);
        }
        if (failure instanceof UncheckedIOException wrapped
                && wrapped.getCause() instanceof FileSystemException file) {
            return text(file);
        }
        if (failure instanceof OutOfMemoryError) {
            return "out of memory ("
                    + failure.getMessage()
                    + "); the Java heap may take "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB: sample fewer images at a time, or give more memory with"
                    + " DEEPCACHE_JAVA_OPTS=-Xmx...";
        }
        if (failure instanceof LinkageError) {
            return "a native library does not load: "
                    + failure
                    + "; 'deepcache doctor' says what this machine has";
        }
        boolean forPeople =
                failure instanceof ImportException
                        || failure instanceof UserError
                        || failure instanceof SamplingException
                        || failure instanceof TrainingException
                        || failure instanceof IllegalArgumentException
                        || failure instanceof IOException
                        || failure instanceof UncheckedIOException
                        || failure instanceof CommandLine.ParameterException;
        if (forPeople && failure.getMessage() != null) {
            return failure.getMessage();
        }
        return "unexpected "
                + failure.getClass().getSimpleName()
                + (failure.getMessage() == null ? "" : ": " + failure.getMessage())
                + "; run again with -v to see where, and please report it";
    }

    /** Java's messages of these hold the path alone. */
    private static String text(FileSystemException failure) {
        String why;
        if (failure instanceof NoSuchFileException) {
            why = "no such file or folder";
        } else if (failure instanceof AccessDeniedException) {
            why = "permission denied";
        } else if (failure instanceof NotDirectoryException) {
            why = "is not a folder";
        } else {
            why = Objects.requireNonNullElse(failure.getReason(), "cannot be read or written");
        }
        return failure.getFile() + ": " + why;
    }
}
