// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.anatomy.Level;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A drawing of a U-Net's anatomy: one self-contained SVG, in light or dark as the viewer is.
 *
 * <pre>
 *   sample                                   output
 *   ┌──────┐ (0) skip ───────────────────▶ ┌──────┐
 *   │ 32×32│     boundary ..., 8 % ▬─────  │ 32×32│
 *   └──┬───┘                               └──▲───┘
 *      └─▶ ┌──────┐ (1) skip ─────▶ ┌──────┐ ─┘
 *          │ 16×16│ ...             │ 16×16│
 *          └──┬───┘                 └──▲───┘
 *             └──▶ bottleneck 8×8 ─────┘
 * </pre>
 *
 * <p>Rows stand in branch order, so what a cached step of a branch runs is its row and all above.
 */
public final class AnatomySvg {

    /** Wider than a character of any common monospaced font at the size used, 12 px. */
    private static final double CHARACTER = 7.4;

    private static final int MARGIN = 20;
    private static final int HEADER = 86;
    private static final int FOOTER = 64;
    private static final int BOX = 112;
    private static final int INDENT = 34;
    private static final int LINE = 17;
    private static final int ROW = 104;
    private static final int GAP = 26;
    private static final int BOTTLENECK = 56;
    private static final int TEXT = 44;
    private static final int VALUE = 76;
    private static final List<String> LABELS = List.of("skip", "boundary", "merge", "cached");

    private static final String STYLE =
            """
            text { font: 12px ui-monospace, Menlo, "DejaVu Sans Mono", monospace; fill: #1c2733; }
            .title { font-size: 17px; font-weight: 600; }
            .weak { fill: #5b6b7a; }
            .id { font-weight: 700; fill: #ffffff; }
            .page { fill: #ffffff; }
            .level { fill: #e8eef4; stroke: #9db0c2; }
            .track { fill: #d5dce3; }
            .share, .dot { fill: #c2501c; }
            .skip { stroke: #2f6f9f; stroke-width: 2; fill: none; }
            .way { stroke: #5b6b7a; stroke-width: 2; fill: none; }
            .cut { stroke: #c2501c; stroke-width: 2; stroke-dasharray: 5 3; }
            .skiphead { fill: #2f6f9f; }
            .wayhead { fill: #5b6b7a; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e3e9ef; }
              .weak { fill: #9aabbb; }
              .page { fill: #14191f; }
              .level { fill: #222c36; stroke: #4d6072; }
              .track { fill: #37434f; }
              .share, .dot { fill: #d9622b; }
              .skip { stroke: #6fb1e0; } .skiphead { fill: #6fb1e0; }
              .way { stroke: #9aabbb; } .wayhead { fill: #9aabbb; }
              .cut { stroke: #e8824f; }
            }
            """;

    private final UNetAnatomy anatomy;
    private final List<Level> levels;
    private final int width;
    private final StringBuilder svg = new StringBuilder(16 * 1024);

    private AnatomySvg(UNetAnatomy anatomy, List<Level> levels, int width) {
        this.anatomy = anatomy;
        this.levels = levels;
        this.width = width;
    }

    /**
     * Draws a U-Net.
     *
     * @param title such as the file's name
     * @return an SVG document
     */
    public static String draw(UNetAnatomy anatomy, String title) {
        List<Level> levels = anatomy.levels();
        return new AnatomySvg(anatomy, levels, width(anatomy, levels, title)).document(title);
    }

    /** As wide as the longest text needs at its level, so that none is cut. */
    private static int width(UNetAnatomy anatomy, List<Level> levels, String title) {
        double widest = 2 * MARGIN + Math.max(640, title.length() * CHARACTER * 17 / 12);
        for (int depth = 0; depth < levels.size(); depth++) {
            int around = 2 * (MARGIN + depth * INDENT + BOX) + TEXT + VALUE + GAP;
            for (SkipConnection skip : levels.get(depth).skips()) {
                for (String line : lines(anatomy, skip)) {
                    widest = Math.max(widest, around + line.length() * CHARACTER);
                }
            }
        }
        return (int) Math.ceil(widest);
    }

    /** In the order of {@link #LABELS}. */
    private static List<String> lines(UNetAnatomy anatomy, SkipConnection skip) {
        DataflowGraph graph = anatomy.graph();
        Node merge = graph.node(skip.merge());
        return List.of(
                text(graph.value(skip.skip())),
                text(graph.value(skip.boundary())),
                merge.name()
                        + " "
                        + graph.value(merge.outputs().get(0)).shape()
                        + " ("
                        + skip.kind().name().toLowerCase(Locale.ROOT)
                        + ")",
                Amount.of(skip.cachedMacs().weights())
                        + " MACs, "
                        + Amount.percent(anatomy.share(skip))
                        + " of a full step");
    }

    private static String text(Value value) {
        return value.name() + " " + value.shape();
    }

    private String document(String title) {
        int y = HEADER;
        List<int[]> bands = new ArrayList<>();
        for (Level level : levels) {
            int height = level.skips().isEmpty() ? BOTTLENECK : ROW * level.skips().size();
            bands.add(new int[] {y, y + height});
            y += height + GAP;
        }
        boolean bottomHasSkips = !levels.get(levels.size() - 1).skips().isEmpty();
        int height = y + (bottomHasSkips ? GAP : 0) + FOOTER;
        open(title, height);
        for (int depth = 0; depth < levels.size(); depth++) {
            int top = bands.get(depth)[0];
            int bottom = bands.get(depth)[1];
            boolean last = depth == levels.size() - 1;
            if (last && !bottomHasSkips) {
                bottleneck(depth, top, bottom);
            } else {
                level(depth, top, bottom);
            }
            if (!last) {
                ways(depth, bottom, bands.get(depth + 1)[0]);
            } else if (bottomHasSkips) {
                turn(depth, bottom);
            }
        }
        legend(height - FOOTER + GAP);
        return svg.append("</svg>\n").toString();
    }

    private void open(String title, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                        + " height=\"%d\" role=\"img\">",
                width, height, width, height);
        add("<title>%s</title>", Markup.escaped(title));
        add("<style>%n%s</style>", STYLE);
        add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>", width, height);
        write("title", MARGIN, 32, "start", title);
        write(
                "weak",
                MARGIN,
                52,
                "start",
                anatomy.skips().size()
                        + (anatomy.skips().size() == 1 ? " branch, " : " branches, ")
                        + Amount.of(anatomy.fullMacs().weights())
                        + " multiply-accumulates in a full step");
        int middle = MARGIN + BOX / 2;
        DataflowGraph graph = anatomy.graph();
        write("weak", MARGIN, 72, "start", text(graph.value(anatomy.sample())));
        write("weak", width - MARGIN, 72, "end", text(graph.value(anatomy.output())));
        arrow("way", middle, HEADER - 8, middle, HEADER);
        arrow("way", width - middle, HEADER, width - middle, HEADER - 10);
    }

    private int left(int depth) {
        return MARGIN + depth * INDENT;
    }

    private int right(int depth) {
        return width - left(depth);
    }

    private void level(int depth, int top, int bottom) {
        Level level = levels.get(depth);
        box(left(depth), top, BOX, bottom - top, level, level.downMacs());
        box(right(depth) - BOX, top, BOX, bottom - top, level, level.upMacs());
        for (int row = 0; row < level.skips().size(); row++) {
            skip(depth, top + row * ROW, level.skips().get(row));
        }
    }

    private void box(int x, int top, int boxWidth, int height, Level level, long macs) {
        add(
                "<rect class=\"level\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
                x, top, boxWidth, height);
        write("", x + boxWidth / 2, top + height / 2 - 4, "middle", sides(level));
        double share = (double) macs / anatomy.fullMacs().weights();
        write(
                "weak",
                x + boxWidth / 2,
                top + height / 2 + LINE - 4,
                "middle",
                Amount.percent(share));
    }

    private static String sides(Level level) {
        return level.sides().size() == 1
                ? level.sides().get(0) + " positions"
                : level.sides().stream().map(String::valueOf).collect(Collectors.joining("×"));
    }

    private void skip(int depth, int top, SkipConnection skip) {
        int from = left(depth) + BOX;
        int to = right(depth) - BOX;
        int y = top + 16;
        arrow("skip", from, y, to, y);
        add("<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"11\"/>", from + 24, y);
        write("id", from + 24, y + 4, "middle", String.valueOf(skip.branch()));
        List<String> lines = lines(anatomy, skip);
        for (int line = 0; line < lines.size(); line++) {
            int base = y + (line + 1) * LINE + 2;
            write("weak", from + TEXT, base, "start", LABELS.get(line));
            write("", from + TEXT + VALUE, base, "start", lines.get(line));
        }
        int barY = y + lines.size() * LINE + 9;
        int bar = to - from - TEXT - GAP;
        add(
                "<rect class=\"track\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"5\" rx=\"2\"/>",
                from + TEXT, barY, bar);
        add(
                "<rect class=\"share\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"5\" rx=\"2\"/>",
                from + TEXT, barY, Math.max(2, Math.round(bar * anatomy.share(skip))));
        // the boundary comes up from below this line and is merged with the skip above it
        line("cut", to, y + 8, to + BOX, y + 8);
    }

    private void bottleneck(int depth, int top, int bottom) {
        Level level = levels.get(depth);
        box(
                left(depth),
                top,
                right(depth) - left(depth),
                bottom - top,
                level,
                level.downMacs() + level.upMacs());
    }

    /** Down on the left, up on the right. */
    private void ways(int depth, int bottom, int next) {
        int down = left(depth) + BOX * 3 / 4;
        arrow("way", down, bottom, down, next);
        arrow("way", width - down, next, width - down, bottom);
    }

    /** From the way down to the way up on the lowest level. */
    private void turn(int depth, int bottom) {
        int from = left(depth) + BOX / 2;
        int to = right(depth) - BOX / 2;
        int y = bottom + GAP;
        line("way", from, bottom, from, y);
        line("way", from, y, to, y);
        arrow("way", to, y, to, bottom);
        write("weak", (from + to) / 2, y - 6, "middle", "bottleneck");
    }

    private void legend(int y) {
        write(
                "weak",
                MARGIN,
                y,
                "start",
                "Boxes: resolution, share of a full step's multiply-accumulates (MACs).");
        line("cut", MARGIN, y + LINE - 4, MARGIN + 30, y + LINE - 4);
        write(
                "weak",
                MARGIN + 38,
                y + LINE,
                "start",
                "where the boundary is cached: a cached step runs what is above it.");
    }

    private void line(String style, int x1, int y1, int x2, int y2) {
        add("<line class=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", style, x1, y1, x2, y2);
    }

    /** A line with a head at its end; horizontal or vertical. */
    private void arrow(String style, int x1, int y1, int x2, int y2) {
        line(style, x1, y1, x2, y2);
        int dx = Integer.signum(x2 - x1);
        int dy = Integer.signum(y2 - y1);
        int baseX = x2 - 8 * dx;
        int baseY = y2 - 8 * dy;
        add(
                "<path class=\"%shead\" d=\"M%d %dL%d %dL%d %dZ\"/>",
                style, x2, y2, baseX + 5 * dy, baseY + 5 * dx, baseX - 5 * dy, baseY - 5 * dx);
    }

    private void write(String style, int x, int y, String anchor, String text) {
        add(
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\" xml:space=\"preserve\">%s</text>",
                style, x, y, anchor, Markup.escaped(text));
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
