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
            :root { color-scheme: light dark; --ink: #1c2733; --weak: #5b6b7a; --page: #ffffff;
                    --rule: #d5dce3; --full: #c2501c; --cached: #b9cbdc; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e3e9ef; --weak: #9aabbb; --page: #14191f;
                      --rule: #37434f; --full: #d9622b; --cached: #3f566b; }
            }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
                   padding: 0 1rem; color: var(--ink); background: var(--page); }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
            th, td { padding: .3rem .8rem; text-align: right; white-space: nowrap;
                     border-bottom: 1px solid var(--rule); }
            th:first-child, td:first-child { text-align: left; padding-left: 0; }
            img { display: block; width: 100%; image-rendering: pixelated; border-radius: 4px; }
            .strip { display: flex; gap: 1px; margin: .4rem 0; height: 14px; }
            .strip i { flex: 1; background: var(--cached); }
            .strip i.full { background: var(--full); }
            .key i { display: inline-block; width: 12px; height: 12px; background: var(--cached); }
            .key i.full { background: var(--full); }
            h1 { font-size: 1.6rem; line-height: 1.25; }
            h2 { margin: 2rem 0 .3rem; font-size: 1.1rem; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
            dt { color: var(--weak); } dd { margin: 0; overflow-wrap: anywhere; }
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
        page.append(
                        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Markup.escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(Markup.escaped(title))
                .append("</h1>\n<p>")
                .append(Markup.escaped(introduction))
                .append("</p>\n");
        table(page, runs);
        page.append(
                "<p class=\"key\"><i class=\"full\"></i> full step &nbsp; <i></i> cached step</p>");
        for (Entry entry : runs) {
            page.append("\n<h2>").append(Markup.escaped(entry.name())).append("</h2>\n");
            strip(page, entry.run());
            page.append("<img alt=\"samples, ")
                    .append(Markup.escaped(entry.name()))
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
                                        .append(Markup.escaped(name))
                                        .append("</dt><dd>")
                                        .append(Markup.escaped(String.valueOf(value)))
                                        .append("</dd>"));
        return page.append("</dl>\n</body></html>\n").toString();
    }

    private static void table(StringBuilder page, List<Entry> runs) {
        page.append(
                "<div class=\"wide\"><table><tr><th>run<th>seconds<th>speed-up<th>predicted<th>GMAC<th>full steps"
                        + "<th>cached steps<th>PSNR, dB</tr>\n");
        double uncached = runs.get(0).run().seconds();
        for (Entry entry : runs) {
            RunReport run = entry.run();
            page.append("<tr><td>").append(Markup.escaped(entry.name()));
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
        page.append("</table></div>\n");
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
}
