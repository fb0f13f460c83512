// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A file or folder that gets its name when it is complete; deleted, if it is still there, when it
 * is closed or the process ends.
 *
 * <p>Not by {@code Files.createTempFile}: that makes files which nobody else may read, and these
 * keep their rights when they are renamed.
 */
final class UnfinishedOutput implements AutoCloseable {

    /** Of the process, as the shutdown hook is. */
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(UnfinishedOutput::deleteAll));
    }

    private final Path path;

    private UnfinishedOutput(Path path) {
        this.path = path;
    }

    /** A new name in a folder; nothing is made. */
    static UnfinishedOutput in(Path folder) {
        String random = Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        Path path = folder.resolve(".deepcache-" + random + ".part");
        UNFINISHED.add(path);
        return new UnfinishedOutput(path);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        delete(path);
        UNFINISHED.remove(path);
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(path)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    private static void deleteAll() {
        for (Path path : UNFINISHED) {
            try {
                delete(path);
            } catch (IOException | UncheckedIOException e) {
                // the process is ending; nobody is left to tell
            }
        }
    }
}
