// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Lines or points over two axes, as SVG: text stays text, colours are light or dark as the viewer
 * is, and every series has a mark and a dash of its own, so that no colour is needed to tell them
 * apart. Drawn for a width of 400 units, so that the text can be read on a phone.
 *
 * <p>Not by a chart library: those for Java draw text as outlines in fixed colours, and need fonts
 * on the machine.
 */
public final class Chart {

    private static final int WIDTH = 400;
    private static final int HEIGHT = 260;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 40;
    private static final int LEGEND_ROW = 16;
    private static final int COLOURS = 6;
    private static final String[] DASHES = {"none", "6 3", "2 2", "9 3 2 3", "4 4", "1 3"};

    /** Marks of about 8 units around 0,0. */
    private static final String[] MARKS = {
        "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
        "M-3.2 -3.2H3.2V3.2H-3.2Z",
        "M0 -4.2L4 3.2H-4Z",
        "M0 -4.6L4.6 0L0 4.6L-4.6 0Z",
        "M0 4.2L4 -3.2H-4Z",
        "M-4 -4L4 4M-4 4L4 -4"
    };

    /**
     * A point.
     *
     * @param x its place on the axis across
     * @param y its place on the axis that goes up
     * @param name shown when pointed at
     * @param label written beside it; may be empty
     */
    public record Point(double x, double y, String name, String label) {}

    /**
     * Points that belong together.
     *
     * @param name what the legend calls them
     * @param points in the order of a line through them
     * @param connected whether a line goes through them, in their order
     */
    public record Series(String name, List<Point> points, boolean connected) {

        public Series {
            points = List.copyOf(points);
        }
    }

    private final String description;
    private final List<Series> series;
    private final Axis across;
    private final Axis up;
    private final StringBuilder svg = new StringBuilder(8 * 1024);

    private Chart(String description, List<Series> series, Axis across, Axis up) {
        this.description = description;
        this.series = series;
        this.across = across;
        this.up = up;
    }

    /**
     * A chart as a picture of its own, such as for a notebook; both axes are linear.
     *
     * @param description for those who cannot see it
     * @param acrossTitle what the axis across is, with its unit
     * @param upTitle what the axis that goes up is, with its unit
     * @return an SVG document
     */
    public static String svg(
            String description, String acrossTitle, String upTitle, List<Series> series) {
        return StandaloneSvg.of(draw(description, acrossTitle, upTitle, series, false));
    }

    /**
     * Draws a chart.
     *
     * @param description for those who cannot see it
     * @param logarithmic whether the axis that goes up is
     * @return an {@code svg} element
     */
    static String draw(
            String description,
            String acrossTitle,
            String upTitle,
            List<Series> series,
            boolean logarithmic) {
        double[] ys = values(series, Point::y);
        Chart chart =
                new Chart(
                        description,
                        series,
                        Axis.linear(values(series, Point::x)),
                        logarithmic ? Axis.logarithmic(ys) : Axis.linear(ys));
        return chart.document(acrossTitle, upTitle);
    }

    private static double[] values(List<Series> series, ToDoubleFunction<Point> value) {
        return series.stream().flatMap(each -> each.points().stream()).mapToDouble(value).toArray();
    }

    private String document(String acrossTitle, String upTitle) {
        int rows = series.size() < 2 ? 0 : (series.size() + 1) / 2;
        int height = HEIGHT + rows * LEGEND_ROW;
        add(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"system-ui, sans-serif\""
                        + " font-size=\"11\" fill=\"var(--ink)\"><title>%s</title>",
                WIDTH, height, Markup.escaped(description));
        for (double tick : across.ticks()) {
            double x = x(tick);
            rule(x, TOP, x, HEIGHT - BOTTOM);
            text(x, HEIGHT - BOTTOM + 14, "middle", across.label(tick));
        }
        for (double tick : up.ticks()) {
            double y = y(tick);
            rule(LEFT, y, WIDTH - RIGHT, y);
            text(LEFT - 5, y + 4, "end", up.label(tick));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", acrossTitle);
        add(
                "<text transform=\"translate(11 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (TOP + HEIGHT - BOTTOM) / 2, Markup.escaped(upTitle));
        for (int index = 0; index < series.size(); index++) {
            series(index);
        }
        for (int index = 0; rows > 0 && index < series.size(); index++) {
            legend(index);
        }
        return svg.append("</svg>\n").toString();
    }

    private void series(int index) {
        Series each = series.get(index);
        List<Point> drawn =
                each.points().stream()
                        .filter(point -> across.holds(point.x()) && up.holds(point.y()))
                        .toList();
        if (each.connected() && drawn.size() > 1) {
            List<String> corners = new ArrayList<>();
            drawn.forEach(point -> corners.add(number(x(point.x())) + " " + number(y(point.y()))));
            line(index, "M" + String.join("L", corners));
        }
        // a mark at every point of a long line would hide the dashes
        int every = each.connected() ? Math.max(1, drawn.size() / 6) : 1;
        for (int i = each.connected() ? index % every : 0; i < drawn.size(); i += every) {
            Point point = drawn.get(i);
            mark(index, x(point.x()), y(point.y()), point.name());
            if (!point.label().isEmpty()) {
                boolean inner = x(point.x()) > WIDTH * 0.75;
                text(
                        x(point.x()) + (inner ? -7 : 7),
                        y(point.y()) + 4,
                        inner ? "end" : "start",
                        point.label());
            }
        }
    }

    private void legend(int index) {
        double x = LEFT + (index % 2) * (WIDTH - LEFT) / 2.0;
        double y = HEIGHT + index / 2 * LEGEND_ROW + 4;
        if (series.get(index).connected()) {
            line(index, "M" + number(x) + " " + number(y) + "h26");
        }
        mark(index, x + 13, y, "");
        text(x + 32, y + 4, "start", series.get(index).name());
    }

    private void line(int index, String path) {
        add(
                "<path d=\"%s\" fill=\"none\" stroke=\"var(--s%d)\" stroke-width=\"1.6\""
                        + " stroke-dasharray=\"%s\"/>",
                path, index % COLOURS, DASHES[(index / COLOURS + index) % DASHES.length]);
    }

    private void mark(int index, double x, double y, String name) {
        // the second round of marks is hollow
        boolean hollow = index / MARKS.length % 2 == 1;
        add(
                "<path transform=\"translate(%s %s)\" d=\"%s\" fill=\"%s\" stroke=\"var(--s%d)\""
                        + " stroke-width=\"1.4\">%s</path>",
                number(x),
                number(y),
                MARKS[index % MARKS.length],
                hollow ? "var(--page)" : "var(--s" + index % COLOURS + ")",
                index % COLOURS,
                name.isEmpty() ? "" : "<title>" + Markup.escaped(name) + "</title>");
    }

    private double x(double value) {
        return LEFT + across.along(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - up.along(value) * (HEIGHT - BOTTOM - TOP);
    }

    private void rule(double x1, double y1, double x2, double y2) {
        add(
                "<path d=\"M%s %sL%s %s\" stroke=\"var(--rule)\"/>",
                number(x1), number(y1), number(x2), number(y2));
    }

    private void text(double x, double y, String anchor, String text) {
        add(
                "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>",
                number(x), number(y), anchor, Markup.escaped(text));
    }

    private static String number(double value) {
        return Amount.fixed(value, 1);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
