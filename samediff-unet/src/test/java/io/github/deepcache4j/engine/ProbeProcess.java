// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A main class of the tests in a process of its own, for what is fixed when a process starts. */
public final class ProbeProcess {

    /** What a probe reports starts so; other lines are the log's, which may come at any time. */
    private static final String MARK = "probe: ";

    private ProbeProcess() {}

    /** In the probe: reports one line. */
    public static void report(Object line) {
        System.out.println(MARK + line);
    }

    /** The class path of these tests. */
    public static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /**
     * A process that is still to be started, and says nothing on its error stream.
     *
     * @param options of the virtual machine
     */
    public static ProcessBuilder builder(
            Class<?> probe, String classPath, List<String> options, String... arguments) {
        List<String> command =
                Stream.of(
                                Stream.of(System.getProperty("java.home") + "/bin/java"),
                                options.stream(),
                                Stream.of("-cp", classPath, probe.getName()),
                                Stream.of(arguments))
                        .flatMap(part -> part)
                        .toList();
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    /**
     * Runs a probe to its end, which must be a good one.
     *
     * @param options of the virtual machine
     * @param environment what its environment has besides
     * @return the lines that it reported
     */
    public static List<String> run(
            Class<?> probe,
            String classPath,
            List<String> options,
            Map<String, String> environment,
            String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(probe, classPath, options, arguments);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text.lines()
                .filter(line -> line.startsWith(MARK))
                .map(line -> line.substring(MARK.length()))
                .toList();
    }
}
