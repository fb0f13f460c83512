// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.List;
import java.util.Locale;

/**
 * One self-contained HTML page that compares runs of the same seeds: pictures inside the page, no
 * scripts, nothing loaded from elsewhere.
 */
public final class HtmlReport {

    private HtmlReport() {}

    /**
     * A run on the page.
     *
     * @param name such as {@code N = 5}
     * @param psnr in decibels against the first run; infinite for that one
     * @param pictures of its samples
     */
    public record Entry(String name, RunReport run, double psnr, SamplePictures pictures) {}

    /**
     * The page.
     *
     * @param runs the uncached one, which the others are compared with, first
     */
    public static String render(String title, String introduction, List<Entry> runs) {
        StringBuilder page = new StringBuilder(64 * 1024);
        PageFrame.open(page, title, introduction);
        table(page, runs);
        page.append(StepStrip.KEY);
        for (Entry entry : runs) {
            page.append("\n<h2>").append(Markup.escaped(entry.name())).append("</h2>\n");
            page.append(StepStrip.of(entry.run()));
            page.append(entry.pictures().html("samples, " + entry.name()));
        }
        PageFrame.close(page, runs.get(0).run().provenance());
        return page.toString();
    }

    private static void table(StringBuilder page, List<Entry> runs) {
        page.append(
                "<div class=\"wide\"><table><tr><th>run<th>seconds<th>speed-up<th>PSNR, dB"
                        + "<th>predicted<th>GMAC<th>full<th>cached</tr>\n");
        double uncached = runs.get(0).run().seconds();
        for (Entry entry : runs) {
            RunReport run = entry.run();
            page.append("<tr><td>").append(Markup.escaped(entry.name()));
            cell(page, "%.2f", run.seconds());
            cell(page, "%.2f", uncached / run.seconds());
            if (Double.isInfinite(entry.psnr())) {
                page.append("<td>–");
            } else {
                cell(page, "%.1f", entry.psnr());
            }
            cell(page, "%.2f", run.predictedSpeedup());
            cell(page, "%.1f", run.macs() / 1e9);
            cell(page, "%d", run.fullSteps());
            cell(page, "%d", run.cachedSteps());
            page.append("</tr>\n");
        }
        page.append("</table></div>\n");
    }

    private static void cell(StringBuilder page, String format, Object value) {
        page.append("<td>").append(String.format(Locale.ROOT, format, value));
    }
}
