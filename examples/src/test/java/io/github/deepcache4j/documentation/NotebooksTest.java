// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.documentation.JavaShell.Displayed;
import io.github.deepcache4j.documentation.Notebook.Cell;
import io.github.deepcache4j.documentation.Notebook.Picture;
import java.awt.image.RenderedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;

/**
 * Every code cell of every notebook runs, without Jupyter, and says what it was stored with.
 * Numbers of cells tagged {@code measured} may differ; cells tagged {@code jupyter-only} are for
 * the kernel alone. {@code examples/notebooks/run_notebooks.py} runs the same in Jupyter.
 */
class NotebooksTest {

    private static final Path MODELS = Path.of(System.getProperty("deepcache.models"));
    private static final Path NOTEBOOKS = MODELS.resolveSibling("notebooks");

    /** What the cells for the kernel define, and a training of seconds. */
    private static final String[] PRELUDE = {
        "System.setProperty(\"notebook.steps\", \"5\");",
        "import io.github.deepcache4j.documentation.JavaShell;",
        "void show(Object picture, String... type) { JavaShell.display(picture, type); }"
    };

    static List<Path> notebooks() throws IOException {
        try (Stream<Path> files = Files.list(NOTEBOOKS)) {
            List<Path> notebooks =
                    files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
            assertTrue(notebooks.size() >= 4, notebooks::toString);
            return notebooks;
        }
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void everyCellRunsAndSaysTheSame(Path file) throws Exception {
        Notebook notebook = Notebook.read(file);
        boolean pictures = false;
        try (JavaShell shell = JavaShell.open(PRELUDE)) {
            for (Cell cell : notebook.cells()) {
                if (!cell.isCode() || cell.tags().contains("jupyter-only")) {
                    continue;
                }
                boolean measured = cell.tags().contains("measured");
                String printed = shell.run(cell.source().replace("../models", models()));
                assertEquals(
                        masked(cell.printed(), measured), masked(printed, measured), cell.source());
                assertPictures(cell, shell.displayed(), measured);
                assertEquals(List.of(), cell.others(), cell.source());
                pictures |= !cell.displayed().isEmpty();
            }
        }
        assertTrue(pictures, "stored with pictures");
    }

    /** Links and pages must open quickly. */
    @ParameterizedTest
    @MethodSource("notebooks")
    void isSmall(Path file) throws IOException {
        assertTrue(Files.size(file) < 400_000, file + " has " + Files.size(file) + " bytes");
        assertFalse(Files.readString(file).contains("/root/"), "paths of a machine");
    }

    private static String models() {
        return MODELS.toString().replace('\\', '/');
    }

    /** Numbers, and how far they push text to the right, are left out where they are measured. */
    private static String masked(String text, boolean measured) {
        String unix = text.replace("\r\n", "\n");
        return measured ? unix.replaceAll("-?\\d+(\\.\\d+)?", "#").replaceAll(" +", " ") : unix;
    }

    private static void assertPictures(Cell cell, List<Displayed> shown, boolean measured)
            throws Exception {
        assertEquals(cell.displayed().size(), shown.size(), cell.source());
        for (int i = 0; i < shown.size(); i++) {
            Picture stored = cell.displayed().get(i);
            if (shown.get(i).thing() instanceof RenderedImage image) {
                assertEquals("image/png", stored.type());
                byte[] png = Base64.getMimeDecoder().decode(stored.data());
                RenderedImage before = ImageIO.read(new ByteArrayInputStream(png));
                assertEquals(before.getWidth(), image.getWidth());
                assertEquals(before.getHeight(), image.getHeight());
            } else {
                String svg = String.valueOf(shown.get(i).thing());
                assertEquals("image/svg+xml", stored.type());
                assertEquals(List.of("image/svg+xml"), shown.get(i).types());
                parse(stored.data());
                parse(svg);
                if (!measured) {
                    assertEquals(stored.data().strip(), svg.strip());
                }
            }
        }
    }

    private static void parse(String xml) throws Exception {
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)));
    }
}
