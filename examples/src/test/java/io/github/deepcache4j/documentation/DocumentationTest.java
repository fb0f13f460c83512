// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.cli.CommandRun;
import io.github.deepcache4j.documentation.PageBlocks.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The pages are followed from top to bottom, as a reader would. */
class DocumentationTest {

    private static final Path ROOT =
            Path.of(System.getProperty("deepcache.models"), "../..").normalize();

    private static final String LAUNCHER = "examples/deepcache ";

    /** What a reader imports without being told. */
    private static final String[] IMPORTS =
            Stream.of(
                            "anatomy",
                            "calibration",
                            "diffusion",
                            "engine",
                            "graph",
                            "importer",
                            "importer.dl4j",
                            "importer.keras",
                            "importer.onnx",
                            "metrics",
                            "npz",
                            "plan",
                            "policy",
                            "report",
                            "rewrite",
                            "schedule",
                            "session",
                            "unet")
                    .map(name -> "import io.github.deepcache4j." + name + ".*;")
                    .toArray(String[]::new);

    private static final String OTHERS =
            """
            import java.io.*;
            import java.nio.file.*;
            import java.util.*;
            import org.nd4j.autodiff.samediff.*;
            import org.nd4j.linalg.api.buffer.DataType;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.factory.Nd4j;
            """;

    @TempDir Path folder;

    static List<String> pages() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md"),
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.endsWith(".md"))
                                    .sorted()
                                    .map(name -> "docs/" + name))
                    .toList();
        }
    }

    /** Those of the README are run by {@code ReadmeTest}. */
    static List<String> pagesOfDocs() throws IOException {
        return pages().stream().filter(page -> page.startsWith("docs/")).toList();
    }

    @ParameterizedTest
    @MethodSource("pagesOfDocs")
    void everyBlockRuns(String page) throws IOException {
        List<Block> blocks = PageBlocks.of(ROOT.resolve(page));
        PagePaths paths = new PagePaths(ROOT, folder);
        String printed = "";
        try (JavaShell shell =
                blocks.stream().anyMatch(block -> block.kind() == PageBlocks.Kind.JAVA)
                        ? shell()
                        : null) {
            for (Block block : blocks) {
                if (!block.notRun().isEmpty()) {
                    continue;
                }
                switch (block.kind()) {
                    case JAVA -> {
                        JavaShell java = Objects.requireNonNull(shell);
                        java.run(paths.java(block.given()));
                        printed = java.run(paths.java(block.text()));
                    }
                    case COMMANDS -> printed = commands(block, paths);
                    case OUTPUT -> assertShown(block.text(), printed);
                }
            }
        }
    }

    private static JavaShell shell() {
        JavaShell shell = JavaShell.open(IMPORTS);
        shell.run(OTHERS);
        return shell;
    }

    private static String commands(Block block, PagePaths paths) {
        StringBuilder printed = new StringBuilder();
        String joined = block.text().replaceAll("\\\\\\n\\s*", "");
        joined.lines()
                .filter(line -> line.startsWith(LAUNCHER))
                .forEach(line -> printed.append(command(line, paths)));
        return printed.toString();
    }

    private static String command(String line, PagePaths paths) {
        List<Object> arguments = new ArrayList<>();
        String before = "";
        for (String word : words(line)) {
            arguments.add(
                    before.equals("--out") || before.equals("--latents")
                            ? paths.output(word)
                            : paths.word(word));
            before = word;
        }
        CommandRun run = CommandRun.of(arguments.toArray());
        assertEquals(0, run.status(), () -> line + "\nout: " + run.out() + "\nerr: " + run.err());
        return run.out() + run.err();
    }

    private static List<String> words(String line) {
        String command = line.replaceFirst("\\s+#.*", "").substring(LAUNCHER.length());
        return List.of(command.strip().split("\\s+"));
    }

    /** Each line that is shown was printed; numbers of spaces aside, and "..." for any text. */
    private static void assertShown(String shown, String printed) {
        List<String> lines = printed.lines().map(DocumentationTest::plain).toList();
        for (String line : shown.lines().map(DocumentationTest::plain).toList()) {
            String pattern =
                    Stream.of(line.split("\\.\\.\\.", -1))
                            .map(java.util.regex.Pattern::quote)
                            .reduce((a, b) -> a + ".*" + b)
                            .orElse("");
            assertTrue(
                    lines.stream().anyMatch(each -> each.matches(pattern)),
                    () -> "'" + line + "' is not in:\n" + printed);
        }
    }

    private static String plain(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    /** Also of the lines that are not run, such as those of long measurements. */
    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandAndOptionExists(String page) throws IOException {
        Map<String, CommandLine> commands = CommandRun.subcommands();
        List<String> lines = new ArrayList<>();
        for (Block block : PageBlocks.of(ROOT.resolve(page))) {
            if (block.kind() == PageBlocks.Kind.COMMANDS) {
                block.text().replaceAll("\\\\\\n\\s*", "").lines().forEach(lines::add);
            }
        }
        for (String line : lines) {
            String[] words = line.replaceFirst("\\s+#.*", "").strip().split("\\s+");
            if (!words[0].endsWith("deepcache")) {
                continue;
            }
            CommandLine command = commands.get(words[1]);
            assertFalse(command == null, line);
            for (String word : words) {
                String option = word.replaceFirst("=.*", "");
                assertTrue(
                        !word.startsWith("--")
                                || command.getCommandSpec().optionsMap().containsKey(option),
                        () -> line + ": there is no " + option);
            }
        }
    }

    @Test
    void blocksAreFoundAtAll() throws IOException {
        List<Block> blocks = PageBlocks.of(ROOT.resolve("docs/from-onnx.md"));
        for (PageBlocks.Kind kind : PageBlocks.Kind.values()) {
            assertTrue(blocks.stream().anyMatch(block -> block.kind() == kind), kind::toString);
        }
    }
}
