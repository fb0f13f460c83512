// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where a page's files are when a test follows it: what a clone has is read there, everything else
 * is written to, and read from, a folder of the test.
 */
record PagePaths(Path root, Path folder) {

    private static final Pattern IN_JAVA =
            Pattern.compile("(Path\\.of|new File)\\(\"([^\"]+)\"\\)");

    /** A word of a command line. */
    String word(String word) {
        boolean file = word.matches("[\\w./-]+\\.\\w+|[\\w.-]+(/[\\w.-]+)+");
        return file || Files.exists(folder.resolve(word)) ? place(word).toString() : word;
    }

    /** A name that an option of output is given, which need not look like a file's. */
    String output(String word) {
        return folder.resolve(word).toString();
    }

    String java(String code) {
        return IN_JAVA.matcher(code)
                .replaceAll(
                        match ->
                                match.group(1)
                                        + "(\""
                                        + place(match.group(2)).toString().replace('\\', '/')
                                        + "\")");
    }

    private Path place(String name) {
        Path made = folder.resolve(name);
        Path there = root.resolve(name);
        return !Files.exists(made) && Files.exists(there) ? there : made;
    }
}
