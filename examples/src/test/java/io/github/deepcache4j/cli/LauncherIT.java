// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command in a process of its own. */
class LauncherIT {

    @TempDir Path folder;

    private ProcessBuilder command(Object... arguments) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx2g",
                                "-Dorg.bytedeco.javacpp.logger=slf4j",
                                "-Dorg.nd4j.log.initialization=false",
                                "-Ddeepcache.log=" + folder.resolve("deepcache.log"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                DeepCacheCommand.class.getName()));
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        return new ProcessBuilder(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    @DisabledOnOs(OS.WINDOWS)
    void interruptedSamplingLeavesNoPictureAndEndsSoon(String signal) throws Exception {
        assumeFalse(signal.equals("INT") && ignoresInterrupts(), "started in the background");
        Path out = Files.createDirectory(folder.resolve("out"));
        // far more steps than can be taken before the signal
        Process process =
                command(
                                "sample",
                                CommandRun.digits(),
                                "--class",
                                1,
                                "--count",
                                2,
                                "--steps",
                                900,
                                "--interval",
                                900,
                                "--out",
                                out.resolve("grid.png"),
                                "--json",
                                out.resolve("facts.json"))
                        .start();
        try (BufferedReader progress = process.errorReader()) {
            assertTrue(String.valueOf(progress.readLine()).startsWith("sampling: 10 %"));
            long sent = System.nanoTime();
            assertEquals(
                    0,
                    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                            .start()
                            .waitFor());
            assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running");
            assertTrue(System.nanoTime() - sent < 10e9, "took too long");
        } finally {
            process.destroyForcibly();
        }
        assertNotEquals(0, process.exitValue());
        assertEquals(Collections.emptyList(), CommandRun.files(out));
    }

    /**
     * Whether whoever started this build ignores SIGINT, as shells do for "&"; children inherit it.
     */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(
                            line ->
                                    (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2)
                                            != 0);
        }
    }

    @Test
    void standardOutputIsForResultsAndLibrariesSpeakToTheLog() throws Exception {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process =
                command("inspect", CommandRun.model("tiny.onnx"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertEquals(0, process.waitFor());
        assertEquals("", Files.readString(err));
        assertTrue(Files.readString(out).startsWith("tiny.onnx: "), () -> read(out));
        assertTrue(Files.exists(folder.resolve("deepcache.log")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
