// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README shows is compiled and run as it stands there. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("deepcache.models"), "../..");

    /** Every package that a reader may import from. */
    private static final List<String> PACKAGES =
            List.of(
                    "io.github.deepcache4j.diffusion",
                    "io.github.deepcache4j.engine",
                    "io.github.deepcache4j.importer",
                    "io.github.deepcache4j.plan",
                    "io.github.deepcache4j.rewrite",
                    "io.github.deepcache4j.schedule",
                    "io.github.deepcache4j.session",
                    "io.github.deepcache4j.unet",
                    "java.nio.file",
                    "java.util",
                    "org.nd4j.autodiff.samediff",
                    "org.nd4j.linalg.api.ndarray",
                    "org.nd4j.linalg.factory");

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> javaBlocks() throws IOException {
        return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(readme())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** {@code unet} is there unless the block makes its own. */
    private static String program(String name, String block, String after) {
        String models = Path.of(System.getProperty("deepcache.models")).toString();
        String given =
                block.contains("UNet unet =")
                        ? ""
                        : "UNet unet = UNetImporter.load(Path.of(arguments[0]));\n";
        return PACKAGES.stream()
                        .map(each -> "import " + each + ".*;\n")
                        .collect(Collectors.joining())
                + "public class "
                + name
                + " {\n    public static void main(String[] arguments) throws Exception {\n"
                + given
                + block.replace("examples/models", models.replace("\\", "/"))
                + after
                + "    }\n}\n";
    }

    @Test
    void gateAndListenerInExistingCode() throws Exception {
        String after =
                """
                var in = unet.bind(Nd4j.ones(1, 1, 8, 8), Step.of(0, 500)
                        .withConditions(Map.of("class_labels", Nd4j.createFromArray(1L))));
                INDArray full = sd.output(in, "out_sample").get("out_sample").dup();
                INDArray cached = sd.output(in, "out_sample").get("out_sample");
                System.out.println(full.distance2(cached));
                """;
        String source = program("Gate", javaBlocks().get(0), after);
        String distance =
                CompiledSource.lastLine("Gate", source, CommandRun.model("tiny.onnx").toString());
        // the cached step of the same input computes the same
        assertEquals(0, Double.parseDouble(distance), 1e-5);
    }

    @Test
    void fromAFileToImages() throws Exception {
        String block = javaBlocks().get(1);
        int end = block.lastIndexOf('}');
        String after = "System.out.println(Arrays.toString(images.shape()));\n}\n";
        String source = program("Images", block.substring(0, end), after);
        assertEquals("[4, 1, 32, 32]", CompiledSource.lastLine("Images", source));
    }

    @Test
    void everyBlockOfJavaIsRunHere() throws IOException {
        assertEquals(2, javaBlocks().size());
    }

    @Test
    void theTableListsTheCommandsThatExist() throws IOException {
        Set<String> listed =
                Pattern.compile("^\\| `deepcache ([a-z]+)[ `]", Pattern.MULTILINE)
                        .matcher(readme())
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(subcommands().keySet()), listed);
    }

    @Test
    void everyOptionThatIsNamedExists() throws IOException {
        List<MatchResult> rows =
                Pattern.compile("^\\| `deepcache ([a-z]+)(.*)", Pattern.MULTILINE)
                        .matcher(readme())
                        .results()
                        .toList();
        assertFalse(rows.isEmpty());
        for (MatchResult row : rows) {
            CommandLine command = subcommands().get(row.group(1));
            List<String> options = new ArrayList<>();
            Pattern.compile("--[a-z-]+")
                    .matcher(row.group(2))
                    .results()
                    .forEach(match -> options.add(match.group()));
            for (String option : options) {
                assertTrue(
                        command.getCommandSpec().optionsMap().containsKey(option),
                        row.group(1) + " " + option);
            }
        }
    }

    @Test
    void everyCommandLineThatIsShownRuns() throws IOException {
        List<String> lines =
                readme().lines().filter(line -> line.matches("    [a-z/]+( .*|$)")).toList();
        assertTrue(lines.stream().anyMatch(line -> line.contains("deepcache demo")));
        for (String line : lines) {
            List<String> words = Pattern.compile(" +").splitAsStream(line.strip()).toList();
            if (words.get(0).equals("mvn")) {
                continue;
            }
            assertTrue(Files.isExecutable(ROOT.resolve(words.get(0))), line);
            assertTrue(subcommands().containsKey(words.get(1)), line);
        }
    }

    private static java.util.Map<String, CommandLine> subcommands() {
        return new CommandLine(new DeepCacheCommand()).getSubcommands();
    }
}
