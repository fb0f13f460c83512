// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The example of docs/adding-an-operator.md: compiled, run, and the same text as in the page. */
class AddingAnOperatorTest {

    private static final Path PAGE = Path.of("../docs/adding-an-operator.md");
    private static final Path SOURCE =
            Path.of("src/test/java/io/github/deepcache4j/importer/onnx/AddingAnOperatorTest.java");
    private static final Path MODEL = Path.of("src/test/resources/documentation/shrink.onnx");

    /** Numbers of the definition of Shrink in ONNX's Operators.md. */
    @Test
    void theExampleRuns() {
        ImportedGraph graph = example(MODEL);
        INDArray x = Nd4j.createFromArray(-2f, -1f, 0f, 1f, 2f);
        INDArray y = graph.sameDiff().output(Map.of("x", x), "y").get("y");
        assertArrayEquals(new float[] {-1, 0, 0, 0, 1}, y.toFloatVector());
    }

    private static ImportedGraph example(Path model) {
        // begin
        OnnxOp shrink =
                e -> {
                    e.requireFloating(0);
                    double lambda = e.real("lambd", 0.5);
                    double bias = e.real("bias", 0);
                    SDVariable x = e.in(0);
                    SDVariable above = x.gt(e.scalar(e.type(0), lambda)).castTo(e.type(0));
                    SDVariable below = x.lt(e.scalar(e.type(0), -lambda)).castTo(e.type(0));
                    return List.of(above.mul(x.sub(bias)).add(below.mul(x.add(bias))));
                };
        OnnxOpRegistry registry = OnnxOpRegistry.standard().with("Shrink", shrink);
        ImportedGraph graph = new OnnxImporter(registry).read(model, ImportOptions.none());
        // end
        return graph;
    }

    @Test
    void thePageShowsTheExample() throws IOException {
        String source = Files.readString(SOURCE);
        String shown = between(Files.readString(PAGE), "```java\n", "```");
        String example = between(source, "// begin\n", "        // end").stripTrailing();
        assertEquals(shown, example.stripIndent() + "\n");
    }

    @Test
    void thePageShowsTheMessage() throws IOException {
        OnnxImporter importer = new OnnxImporter(OnnxOpRegistry.standard());
        ImportException refusal =
                assertThrows(
                        ImportException.class, () -> importer.read(MODEL, ImportOptions.none()));
        String page =
                Files.readAllLines(PAGE).stream()
                        .map(String::strip)
                        .collect(Collectors.joining("\n"));
        assertTrue(page.contains(String.valueOf(refusal.getMessage())), refusal.getMessage());
    }

    private static String between(String text, String begin, String end) {
        int start = text.indexOf(begin) + begin.length();
        return text.substring(start, text.indexOf(end, start));
    }
}
