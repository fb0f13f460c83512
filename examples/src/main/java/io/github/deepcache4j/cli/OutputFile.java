// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Files that are whole or absent, also when the process is interrupted. */
final class OutputFile {

    /** Writes the contents to a path: a file that is not there yet, or an empty folder. */
    @FunctionalInterface
    interface Writer {
        void write(Path path) throws IOException;
    }

    private OutputFile() {}

    /** Writes beside the target and renames; folders on the way to it are made. */
    static void write(Path target, Writer writer) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path folder = Objects.requireNonNull(absolute.getParent());
        Files.createDirectories(folder);
        try (UnfinishedOutput unfinished = UnfinishedOutput.in(folder)) {
            writer.write(unfinished.path());
            Files.move(
                    unfinished.path(),
                    absolute,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static void writeText(Path target, String text) throws IOException {
        write(target, file -> Files.writeString(file, text));
    }

    /**
     * Fills a folder with files that are all complete before the first gets its name; a new folder
     * appears with all of them at once.
     *
     * @return the files, in the order of their names
     */
    static List<Path> fill(Path target, Writer writer) throws IOException {
        Path absolute = target.toAbsolutePath();
        boolean exists = Files.isDirectory(absolute);
        Path beside = exists ? absolute : Objects.requireNonNull(absolute.getParent());
        Files.createDirectories(beside);
        try (UnfinishedOutput unfinished = UnfinishedOutput.in(beside)) {
            Files.createDirectory(unfinished.path());
            writer.write(unfinished.path());
            List<Path> written = new ArrayList<>();
            for (Path file : list(unfinished.path())) {
                Path name = file.getFileName();
                if (exists) {
                    Files.move(file, absolute.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
                written.add(target.resolve(name));
            }
            if (!exists) {
                Files.move(unfinished.path(), absolute, StandardCopyOption.ATOMIC_MOVE);
            }
            return written;
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
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
}
