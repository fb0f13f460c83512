// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.Set;

/** A cursor over one line of {@link GraphText}: names, numbers and punctuation marks. */
final class GraphTextLine {

    static final Set<String> KEYWORDS = Set.of("input", "const", "output");

    private static final String MARKS = ",()[]=@#\"";

    private final String line;
    private final int number;
    private int at;

    GraphTextLine(String line, int number) {
        this.line = line;
        this.number = number;
        skipBlanks();
    }

    static boolean isWordCharacter(int character) {
        return !Character.isWhitespace(character) && MARKS.indexOf(character) < 0;
    }

    /** True at the end of the line, which a comment ends early. */
    boolean atEnd() {
        return at >= line.length() || line.charAt(at) == '#';
    }

    /** Skips a mark if it comes next. */
    boolean skip(char mark) {
        if (at < line.length() && line.charAt(at) == mark) {
            at++;
            skipBlanks();
            return true;
        }
        return false;
    }

    void expect(char mark) {
        if (!skip(mark)) {
            throw error("expected '" + mark + "' " + here());
        }
    }

    /** Skips an unquoted keyword and says which it was; empty if the line starts otherwise. */
    String keyword() {
        for (String keyword : KEYWORDS) {
            int end = at + keyword.length();
            if (line.startsWith(keyword, at)
                    && end < line.length()
                    && Character.isWhitespace(line.charAt(end))) {
                at = end;
                skipBlanks();
                return keyword;
            }
        }
        return "";
    }

    /** A name or number, without its quotes. */
    String word(String what) {
        StringBuilder word = new StringBuilder();
        if (at < line.length() && line.charAt(at) == '"') {
            for (at++; at < line.length() && line.charAt(at) != '"'; at++) {
                if (line.charAt(at) == '\\' && at + 1 < line.length()) {
                    at++;
                }
                word.append(line.charAt(at));
            }
            if (at == line.length()) {
                throw error("the quote of " + what + " is not closed");
            }
            at++;
        } else {
            int start = at;
            while (at < line.length() && isWordCharacter(line.charAt(at))) {
                at++;
            }
            word.append(line, start, at);
            if (start == at) {
                throw error("expected " + what + " " + here());
            }
        }
        skipBlanks();
        return word.toString();
    }

    IllegalArgumentException error(String problem) {
        return new IllegalArgumentException(
                "line " + number + ": " + problem + ": " + line.strip());
    }

    private String here() {
        return atEnd() ? "at the end of the line" : "at column " + (at + 1);
    }

    private void skipBlanks() {
        while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
            at++;
        }
    }
}
