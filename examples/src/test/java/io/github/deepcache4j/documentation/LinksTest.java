// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link of the pages to a file of this project, or to a heading in it, leads there. */
class LinksTest {

    private static final Path ROOT =
            Path.of(System.getProperty("deepcache.models"), "../..").normalize();

    private static final Pattern LINK =
            Pattern.compile("\\]\\(<?([^)\\s>]+)>?\\)|(?:src|href|srcset)=\"([^\"]+)\"");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        for (String part : List.of("docs", "examples/models", "examples/notebooks")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
                files.filter(file -> file.toString().matches(".*\\.(md|ipynb)"))
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    /** Text of a page without its code; of a notebook, its Markdown. */
    private static String prose(Path page) throws IOException {
        if (page.toString().endsWith(".ipynb")) {
            return Notebook.read(page).markdown();
        }
        return Files.readString(page)
                .replaceAll("(?ms)^```.*?^```", "")
                .replaceAll("`[^`\n]*`", "");
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        int count = 0;
        for (Path page : pages()) {
            for (MatchResult match : LINK.matcher(prose(page)).results().toList()) {
                String link = match.group(1) != null ? match.group(1) : match.group(2);
                if (link.matches("[a-z]+:.*")) {
                    continue;
                }
                count++;
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
                if (!Files.exists(target)
                        || (parts.length == 2 && !anchors(target).contains(parts[1]))) {
                    broken.add(ROOT.relativize(page) + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(count > 20, "links found: " + count);
    }

    /** Of all headings, as GitHub makes them. */
    private static List<String> anchors(Path page) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        return Files.readString(page)
                .replaceAll("(?ms)^```.*?^```", "")
                .lines()
                .filter(line -> line.matches("#{1,6} .*"))
                .map(line -> slug(line.replaceFirst("#+ ", "")))
                .map(
                        slug -> {
                            int before = seen.merge(slug, 1, Integer::sum) - 1;
                            return before == 0 ? slug : slug + "-" + before;
                        })
                .collect(Collectors.toList());
    }

    private static String slug(String heading) {
        return heading.strip()
                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    @Test
    void headingsBecomeAnchorsAsOnGitHub() {
        assertEquals("what-it-is-worth", slug("What it is worth"));
        assertEquals("dpm-solver-25", slug("DPM-Solver++ 25"));
        assertEquals("the-file-onnx", slug("The file (`.onnx`)"));
    }
}
