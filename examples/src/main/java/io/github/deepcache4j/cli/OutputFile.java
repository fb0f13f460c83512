// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Files that are whole or absent, also when the process is interrupted. */
final class OutputFile {

    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(OutputFile::deleteUnfinished));
    }

    /** Writes the contents to a path. */
    @FunctionalInterface
    interface Writer {
        void write(Path file) throws IOException;
    }

    private OutputFile() {}

    /** Writes beside the target and renames; folders on the way to it are made. */
    static void write(Path target, Writer writer) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path folder = Objects.requireNonNull(absolute.getParent());
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, ".deepcache", ".part");
        UNFINISHED.add(temporary);
        try {
            writer.write(temporary);
            Files.move(
                    temporary,
                    absolute,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
            UNFINISHED.remove(temporary);
        }
    }

    static void writeText(Path target, String text) throws IOException {
        write(target, file -> Files.writeString(file, text));
    }

    /**
     * Checks a target before hours are spent on what goes into it; makes nothing.
     *
     * @throws UserError if its folder cannot be written or made
     */
    static void check(String option, Path target) {
        Path absolute = target.toAbsolutePath();
        if (absolute.getParent() == null || Files.isDirectory(absolute)) {
            throw new UserError(option + " " + target + " is a folder; give the name of a file");
        }
        checkFolder(option, absolute.getParent());
    }

    /** The same for a folder that files will go into. */
    static void checkFolder(String option, Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new UserError(
                    option
                            + ": cannot write to "
                            + folder
                            + (existing == null || Files.isDirectory(existing)
                                    ? " (no permission)"
                                    : " (" + existing + " is not a folder)")
                            + "; give a place that can be written");
        }
    }

    private static void deleteUnfinished() {
        for (Path file : UNFINISHED) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // the process is ending; nobody is left to tell
            }
        }
    }
}
