// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that are wrong on purpose, or ask for too much: one clear error each, soon and in little
 * memory. {@code hostile/make_hostile.py} makes them.
 */
class HostileFilesTest {

    private static final Path ZIP = Path.of("src/test/resources/hostile/hostile.zip");
    private static final long GIGABYTE = 1L << 30;

    @TempDir static Path folder;

    @TestFactory
    Stream<DynamicTest> refused() throws IOException {
        try (ZipFile zip = new ZipFile(ZIP.toFile())) {
            for (var entry : zip.stream().toList()) {
                try (InputStream bytes = zip.getInputStream(entry)) {
                    Files.write(folder.resolve(entry.getName()), bytes.readAllBytes());
                }
            }
            return zip.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".txt"))
                    .map(name -> name.replace(".txt", ""))
                    .sorted()
                    .toList()
                    .stream()
                    .map(name -> DynamicTest.dynamicTest(name, () -> isRefused(name)));
        }
    }

    private static void isRefused(String name) throws IOException {
        String says = Files.readString(folder.resolve(name + ".txt"), StandardCharsets.UTF_8);
        Path file = folder.resolve(name + ".onnx");
        Resident.forget();
        long before = Resident.now();
        ImportException refusal =
                assertTimeout(
                        Duration.ofSeconds(10),
                        () ->
                                assertThrows(
                                        ImportException.class,
                                        () -> UNetImporter.graph(file, ImportOptions.none())));
        long taken = Resident.peak() - before;
        String message = refusal.getMessage();
        assertTrue(taken < GIGABYTE, () -> "took " + (taken >> 20) + " MB: " + message);
        assertTrue(message.contains(says), () -> message + " does not say " + says);
        assertTrue(message.contains(name + ".onnx"), message);
        assertFalse(message.contains("\n"), message);
    }
}
