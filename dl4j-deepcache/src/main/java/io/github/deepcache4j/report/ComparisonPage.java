// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One self-contained HTML page about a comparison: what caching costs and saves, how similar the
 * features of the steps are, and what the pictures look like. No scripts, nothing loaded from
 * elsewhere; for phones and wide screens, light and dark, colours or none.
 */
public final class ComparisonPage {

    /**
     * How similar what would be cached is in different steps of an uncached run.
     *
     * @param sampler with its steps
     * @param branch whose boundary it is
     * @param boundary name of the tensor
     * @param values cosine similarity of every pair of steps
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Similarity(String sampler, int branch, String boundary, double[][] values) {}

    /**
     * Pictures of the same images of a run.
     *
     * @param run what made them
     * @param samples the pictures
     */
    public record Picture(ComparedRun run, SamplePictures samples) {}

    private final StringBuilder page = new StringBuilder(256 * 1024);

    private ComparisonPage() {}

    /**
     * The page.
     *
     * @param runs each uncached one before those that are compared with it
     */
    public static String render(
            String title, String introduction, List<Picture> runs, List<Similarity> similarities) {
        ComparisonPage page = new ComparisonPage();
        PageFrame.open(page.page, title, introduction);
        List<ComparedRun> all = runs.stream().map(Picture::run).toList();
        page.table(all);
        Map<String, List<Picture>> bySampler =
                runs.stream()
                        .collect(
                                Collectors.groupingBy(
                                        picture -> picture.run().sampler(),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        bySampler.forEach(
                (sampler, pictures) ->
                        page.sampler(
                                sampler,
                                pictures,
                                similarities.stream()
                                        .filter(each -> each.sampler().equals(sampler))
                                        .toList()));
        PageFrame.close(page.page, all.get(0).run().provenance());
        return page.page.toString();
    }

    private void table(List<ComparedRun> runs) {
        page.append("<div class=\"wide\"><table class=\"many\">");
        List<List<String>> rows = ComparisonTable.rows(runs);
        for (int row = 0; row < rows.size(); row++) {
            String cell = row == 0 ? "<th>" : "<td>";
            page.append("<tr>");
            rows.get(row).forEach(text -> page.append(cell).append(Markup.escaped(text)));
            page.append("</tr>\n");
        }
        page.append(
                "</table></div>\n<p>MACs: share of the uncached run's multiply-accumulates."
                        + " Predicted: the speed-up that they would give.</p>\n");
    }

    private void sampler(String sampler, List<Picture> pictures, List<Similarity> similarities) {
        List<ComparedRun> cached =
                pictures.stream().map(Picture::run).filter(run -> !run.isUncached()).toList();
        heading("h2", sampler);
        if (!cached.isEmpty()) {
            heading("h3", "Error against cost");
            page.append("<div class=\"charts large\">");
            figure(
                    pareto(sampler, cached),
                    "Higher is closer to the uncached images, left is cheaper.");
            page.append("</div>\n");
            heading("h3", "Error on the way");
            errors(sampler, cached);
        }
        if (!similarities.isEmpty()) {
            heading("h3", "How similar the features of the steps are");
            similarities(sampler, similarities);
        }
        heading("h3", "Steps and pictures");
        page.append(StepStrip.KEY);
        for (Picture picture : pictures) {
            page.append("\n<h4>")
                    .append(Markup.escaped(picture.run().name()))
                    .append("</h4>\n")
                    .append(StepStrip.of(picture.run().run()));
            page.append(picture.samples().html("samples, " + picture.run().name()));
        }
    }

    /** One series a policy and branch; the interval is written at each point. */
    private static String pareto(String sampler, List<ComparedRun> runs) {
        boolean images = runs.stream().allMatch(run -> run.difference().psnr().isPresent());
        return Chart.draw(
                sampler + ": error of the final images against multiply-accumulates",
                "MACs, % of uncached",
                images ? "PSNR, dB" : "RMS error of latents",
                series(
                        runs,
                        ComparisonPage::family,
                        run ->
                                new Chart.Point(
                                        100 * run.costShare(),
                                        images
                                                ? run.difference().psnr().orElseThrow()
                                                : run.difference().rms(),
                                        run.name(),
                                        label(run)),
                        false),
                !images);
    }

    /** What differs by its interval alone. */
    private static String family(ComparedRun run) {
        return run.policy()
                + (run.branch().isPresent() ? ", branch " + run.branch().getAsInt() : "");
    }

    private static String label(ComparedRun run) {
        OptionalInt interval = run.interval();
        return interval.isPresent() ? String.valueOf(interval.getAsInt()) : "";
    }

    private void errors(String sampler, List<ComparedRun> runs) {
        page.append("<div class=\"charts\">");
        Map<OptionalInt, List<ComparedRun>> byBranch =
                runs.stream()
                        .collect(
                                Collectors.groupingBy(
                                        ComparedRun::branch,
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        byBranch.forEach(
                (branch, each) -> {
                    String where =
                            branch.isPresent() ? "branch " + branch.getAsInt() : "other policies";
                    List<Chart.Series> lines = new ArrayList<>();
                    for (ComparedRun run : each) {
                        String name =
                                run.interval().isPresent()
                                        ? run.policy() + " N = " + run.interval().getAsInt()
                                        : run.policy();
                        lines.add(
                                new Chart.Series(
                                        name,
                                        run.steps().stream()
                                                .map(
                                                        step ->
                                                                new Chart.Point(
                                                                        step.step(),
                                                                        step.relativeL2(),
                                                                        run.name(),
                                                                        ""))
                                                .toList(),
                                        true));
                    }
                    figure(
                            Chart.draw(
                                    sampler + ", " + where + ": relative L2 error by step",
                                    "step",
                                    "relative L2 error",
                                    lines,
                                    true),
                            where
                                    + ": relative L2 error of the noisy images as each step gets"
                                    + " them and, last, of the final ones; first batch.");
                });
        page.append("</div>\n");
    }

    private void similarities(String sampler, List<Similarity> similarities) {
        List<Chart.Series> lines = new ArrayList<>();
        for (Similarity each : similarities) {
            List<Chart.Point> points = new ArrayList<>();
            for (int step = 1; step < each.values().length; step++) {
                points.add(new Chart.Point(step, 1 - each.values()[step][step - 1], "", ""));
            }
            lines.add(new Chart.Series("branch " + each.branch(), points, true));
        }
        page.append("<div class=\"charts\">");
        figure(
                Chart.draw(
                        sampler + ": change of each step's feature from the step before",
                        "step",
                        "1 - cosine similarity",
                        lines,
                        true),
                "What would be cached, compared with the step before; low is similar.");
        page.append("</div>\n<div class=\"charts maps\">");
        for (Similarity each : similarities) {
            figure(
                    HeatMap.draw(
                            sampler
                                    + ", branch "
                                    + each.branch()
                                    + ": similarity of every pair of steps",
                            each.values()),
                    "Branch "
                            + each.branch()
                            + " ("
                            + each.boundary()
                            + "): every pair of steps; light is similar.");
        }
        page.append("</div>\n");
    }

    private static List<Chart.Series> series(
            List<ComparedRun> runs,
            Function<ComparedRun, String> name,
            Function<ComparedRun, Chart.Point> point,
            boolean connected) {
        Map<String, List<Chart.Point>> byName = new LinkedHashMap<>();
        for (ComparedRun run : runs) {
            byName.computeIfAbsent(name.apply(run), key -> new ArrayList<>()).add(point.apply(run));
        }
        List<Chart.Series> series = new ArrayList<>();
        byName.forEach((key, points) -> series.add(new Chart.Series(key, points, connected)));
        return series;
    }

    private void figure(String svg, String caption) {
        page.append("<figure>")
                .append(svg)
                .append("<figcaption>")
                .append(Markup.escaped(caption))
                .append("</figcaption></figure>\n");
    }

    private void heading(String element, String text) {
        page.append("<" + element + ">" + Markup.escaped(text) + "</" + element + ">\n");
    }
}
