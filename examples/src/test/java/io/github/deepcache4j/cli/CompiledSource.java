// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** Compiles a class as a user would, against the test's class path, and runs its main method. */
final class CompiledSource {

    private CompiledSource() {}

    /** The last line that the main method prints; loggers may print before. */
    static String lastLine(String name, String source, String... arguments) throws Exception {
        Path folder = Files.createTempDirectory("compiled");
        try {
            compile(folder, name, source);
            try (URLClassLoader loader =
                    new URLClassLoader(
                            new URL[] {folder.toUri().toURL()},
                            CompiledSource.class.getClassLoader())) {
                return output(loader.loadClass(name), arguments);
            }
        } finally {
            for (String ending : new String[] {".java", ".class"}) {
                Files.deleteIfExists(folder.resolve(name + ending));
            }
            Files.deleteIfExists(folder);
        }
    }

    private static void compile(Path folder, String name, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                errors,
                                "-proc:none",
                                "-classpath",
                                System.getProperty("java.class.path"),
                                "-d",
                                folder.toString(),
                                file.toString());
        if (status != 0) {
            throw new AssertionError(errors.toString(StandardCharsets.UTF_8) + source);
        }
    }

    private static String output(Class<?> type, String... arguments) throws Exception {
        PrintStream usual = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            type.getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().reduce("", (before, last) -> last);
    }
}
