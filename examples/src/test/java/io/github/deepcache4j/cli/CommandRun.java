// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** One run of the command inside the test's process. */
public record CommandRun(int status, String out, String err) {

    public static CommandRun of(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status =
                DeepCacheCommand.run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        return new CommandRun(status, out.toString(), err.toString());
    }

    /** Runs the command with one more option, {@code --json}, and reads what it wrote. */
    static JsonNode json(int status, Path folder, Object... arguments) throws IOException {
        Path file = folder.resolve("facts.json");
        Object[] all = Stream.concat(Arrays.stream(arguments), Stream.of("--json", file)).toArray();
        of(all).expect(status);
        return new ObjectMapper().readTree(Files.readAllBytes(file));
    }

    CommandRun expect(int expected) {
        assertEquals(expected, status, () -> "out: " + out + "\nerr: " + err);
        return this;
    }

    /** The subcommands there are, by name. */
    public static java.util.Map<String, picocli.CommandLine> subcommands() {
        return new picocli.CommandLine(new DeepCacheCommand()).getSubcommands();
    }

    /** A model of make_models.py. */
    static Path model(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(CommandRun.class.getResource("/models/" + name), name)
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** An exported U-Net, or the values beside it. */
    static Path fixture(String name) {
        return Path.of(System.getProperty("deepcache.fixtures"), "unets", name);
    }

    static Path digits() {
        return Path.of(System.getProperty("deepcache.models"), "mnist-unet");
    }

    static List<String> names(JsonNode object) {
        java.util.ArrayList<String> names = new java.util.ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::getFileName).sorted().toList();
        }
    }
}
