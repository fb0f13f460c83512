// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.session.StepEvent;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * One self-contained HTML page that compares runs of the same seeds: pictures inside the page, no
 * scripts, nothing loaded from elsewhere.
 */
public final class HtmlReport {

    private static final String STYLE =
            """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
                   padding: 0 1rem; color: #1c2733; background: #fff; }
            table { border-collapse: collapse; margin: 1rem 0; }
            th, td { padding: .3rem .9rem; text-align: right; border-bottom: 1px solid #d5dce3; }
            th:first-child, td:first-child { text-align: left; }
            img { width: 100%; image-rendering: pixelated; border-radius: 4px; }
            .strip { display: flex; gap: 1px; margin: .4rem 0; height: 14px; }
            .strip i { flex: 1; background: #c9d6e2; }
            .strip i.full { background: #d9622b; }
            .key i { display: inline-block; width: 12px; height: 12px; background: #c9d6e2; }
            .key i.full { background: #d9622b; }
            h2 { margin: 2rem 0 .3rem; font-size: 1.1rem; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
            dt { color: #5b6b7a; } dd { margin: 0; overflow-wrap: anywhere; }
            """;

    private HtmlReport() {}

    /**
     * A run on the page.
     *
     * @param name such as {@code N = 5}
     * @param psnr in decibels against the first run; infinite for that one
     * @param png picture of its samples
     */
    public record Entry(String name, RunReport run, double psnr, byte[] png) {

        public Entry {
            png = png.clone();
        }

        @Override
        public byte[] png() {
            return png.clone();
        }
    }

    /**
     * The page.
     *
     * @param runs the uncached one, which the others are compared with, first
     */
    public static String render(String title, String introduction, List<Entry> runs) {
        StringBuilder page = new StringBuilder(64 * 1024);
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n<p>")
                .append(escaped(introduction))
                .append("</p>\n");
        table(page, runs);
        page.append(
                "<p class=\"key\"><i class=\"full\"></i> full step &nbsp; <i></i> cached step</p>");
        for (Entry entry : runs) {
            page.append("\n<h2>").append(escaped(entry.name())).append("</h2>\n");
            strip(page, entry.run());
            page.append("<img alt=\"samples, ")
                    .append(escaped(entry.name()))
                    .append("\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(entry.png()))
                    .append("\">\n");
        }
        page.append("<h2>How these were made</h2>\n<dl>");
        runs.get(0)
                .run()
                .provenance()
                .forEach(
                        (name, value) ->
                                page.append("<dt>")
                                        .append(escaped(name))
                                        .append("</dt><dd>")
                                        .append(escaped(String.valueOf(value)))
                                        .append("</dd>"));
        return page.append("</dl>\n</body></html>\n").toString();
    }

    private static void table(StringBuilder page, List<Entry> runs) {
        page.append(
                "<table><tr><th>run<th>seconds<th>speed-up<th>predicted<th>GMAC<th>full steps"
                        + "<th>cached steps<th>PSNR, dB</tr>\n");
        double uncached = runs.get(0).run().seconds();
        for (Entry entry : runs) {
            RunReport run = entry.run();
            page.append("<tr><td>").append(escaped(entry.name()));
            cell(page, "%.2f", run.seconds());
            cell(page, "%.2f", uncached / run.seconds());
            cell(page, "%.2f", run.predictedSpeedup());
            cell(page, "%.1f", run.macs() / 1e9);
            cell(page, "%d", run.fullSteps());
            cell(page, "%d", run.cachedSteps());
            if (Double.isInfinite(entry.psnr())) {
                page.append("<td>–");
            } else {
                cell(page, "%.1f", entry.psnr());
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void cell(StringBuilder page, String format, Object value) {
        page.append("<td>").append(String.format(Locale.ROOT, format, value));
    }

    private static void strip(StringBuilder page, RunReport run) {
        page.append("<div class=\"strip\">");
        for (RunReport.StepRow step : run.steps()) {
            boolean full = step.kind() == StepEvent.Kind.FULL;
            page.append("<i")
                    .append(full ? " class=\"full\"" : "")
                    .append(" title=\"step ")
                    .append(step.index())
                    .append(full ? ", full" : ", cached")
                    .append("\"></i>");
        }
        page.append("</div>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
