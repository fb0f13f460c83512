// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The code of a Markdown page in its order. A comment before a block, which readers do not see, may
 * say {@code <!-- given: Java -->}, what runs before it, or {@code <!-- not run: reason -->}.
 */
final class PageBlocks {

    /** What a block is. */
    enum Kind {
        JAVA,
        COMMANDS,
        /** Shown output of the block before. */
        OUTPUT
    }

    /**
     * A block.
     *
     * @param text without fences and indentation
     * @param given Java that runs first; may be empty
     * @param notRun the reason; empty if it is run
     */
    record Block(Kind kind, String text, String given, String notRun) {}

    private static final Pattern PARTS =
            Pattern.compile(
                    "<!-- (given|not run):\\s+(.*?)\\s+-->"
                            + "|^```(\\w*)\\n(.*?)^```$"
                            + "|((?:^    [^\\n]+\\n)+)",
                    Pattern.DOTALL | Pattern.MULTILINE);

    private PageBlocks() {}

    static List<Block> of(Path page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        String given = "";
        String notRun = "";
        Matcher parts = PARTS.matcher(Files.readString(page).replace("\r\n", "\n"));
        while (parts.find()) {
            if (parts.group(1) != null) {
                given = parts.group(1).equals("given") ? parts.group(2) : given;
                notRun = parts.group(1).equals("given") ? notRun : parts.group(2);
                continue;
            }
            boolean fenced = parts.group(3) != null;
            String text = fenced ? parts.group(4) : parts.group(5).replaceAll("(?m)^    ", "");
            Kind kind = kind(fenced ? parts.group(3) : "", text);
            if (kind != null) {
                blocks.add(new Block(kind, text, given, notRun));
            }
            given = "";
            notRun = "";
        }
        return blocks;
    }

    private static @Nullable Kind kind(String language, String text) {
        if (language.equals("java")) {
            return Kind.JAVA;
        }
        if (language.equals("text")) {
            return Kind.OUTPUT;
        }
        boolean shell = language.isEmpty() || language.equals("sh");
        return shell && text.lines().anyMatch(line -> line.contains("deepcache "))
                ? Kind.COMMANDS
                : null;
    }
}
