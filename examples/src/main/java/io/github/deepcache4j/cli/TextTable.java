// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.util.ArrayList;
import java.util.List;

/** A table of text with aligned columns; columns of numbers stand to the right. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... header) {
        rows.add(List.of(header));
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < rows.get(0).size(); column++) {
                String cell = rows.get(r).get(column);
                String space = " ".repeat(width(column) - cell.length());
                line.append(column == 0 ? "" : "  ")
                        .append(isNumeric(column) ? space + cell : cell + space);
            }
            text.append(line.toString().stripTrailing());
            text.append(r == rows.size() - 1 ? "" : System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean isNumeric(int column) {
        return rows.stream()
                .skip(1)
                .map(row -> row.get(column))
                .allMatch(cell -> cell.matches("[-–+]?[0-9.,]*( ?[%kMGT])?|Infinity|NaN|equal"));
    }
}
