// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.report.ComparedRun;
import io.github.deepcache4j.report.ComparisonPage;
import io.github.deepcache4j.report.ComparisonPage.Picture;
import io.github.deepcache4j.report.ComparisonPage.Similarity;
import io.github.deepcache4j.report.ComparisonTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The results of a comparison as files: tables, page, similarities, facts for programs. */
final class ComparisonFiles {

    private static final String PAGE = "index.html";
    private static final String TABLE = "compare.csv";
    private static final String STEPS = "steps.csv";
    private static final String MARKDOWN = "table.md";
    private static final String SIMILARITY = "similarity.npz";

    private final Path model;
    private final List<Picture> pictures;
    private final List<ComparedRun> runs;
    private final List<Similarity> similarities;

    ComparisonFiles(Path model, List<Picture> pictures, List<Similarity> similarities) {
        this.model = model;
        this.pictures = pictures;
        this.runs = pictures.stream().map(Picture::run).toList();
        this.similarities = similarities;
    }

    void write(Path folder) throws IOException {
        OutputFile.writeText(folder.resolve(TABLE), ComparisonTable.csv(runs));
        OutputFile.writeText(folder.resolve(STEPS), ComparisonTable.stepsCsv(runs));
        OutputFile.writeText(folder.resolve(MARKDOWN), ComparisonTable.markdown(runs));
        Map<String, INDArray> matrices = new LinkedHashMap<>();
        similarities.forEach(
                each ->
                        matrices.put(
                                each.sampler().replace(' ', '_') + "_branch_" + each.branch(),
                                Nd4j.createFromArray(each.values())));
        OutputFile.write(folder.resolve(SIMILARITY), file -> NpzFile.write(file, matrices));
        OutputFile.writeText(folder.resolve(PAGE), page());
    }

    private String page() {
        return ComparisonPage.render(
                "What caching saves and costs: " + model.toAbsolutePath().normalize().getFileName(),
                "Every run samples the same seeds. PSNR (peak 2) and SSIM compare with the uncached"
                        + " images, pixel by pixel. Times are medians over batches, one run after"
                        + " the other in one process. Feature similarities are those of an"
                        + " uncached run.",
                pictures,
                similarities);
    }

    /** The table, and where the rest is. */
    void print(PrintWriter out, Path folder) {
        List<List<String>> rows = ComparisonTable.rows(runs);
        TextTable table = new TextTable(rows.get(0).toArray(String[]::new));
        rows.stream().skip(1).forEach(row -> table.row(row.toArray(String[]::new)));
        out.println(table);
        out.println();
        out.println(
                TABLE
                        + ", "
                        + STEPS
                        + ", "
                        + MARKDOWN
                        + ", "
                        + SIMILARITY
                        + " and "
                        + PAGE
                        + " are in "
                        + folder
                        + ": open "
                        + folder.resolve(PAGE).toUri());
    }

    ObjectNode facts(Path folder) {
        ObjectNode facts = JsonFile.object();
        ArrayNode list = facts.putArray("runs");
        runs.forEach(run -> add(list.addObject(), run));
        ArrayNode matrices = facts.putArray("similarity");
        for (Similarity each : similarities) {
            ArrayNode previous =
                    matrices.addObject()
                            .put("sampler", each.sampler())
                            .put("branch", each.branch())
                            .put("boundary", each.boundary())
                            .putArray("toStepBefore");
            for (int step = 1; step < each.values().length; step++) {
                previous.add(each.values()[step][step - 1]);
            }
        }
        ObjectNode files = facts.putObject("files");
        files.put("table", folder.resolve(TABLE).toString());
        files.put("steps", folder.resolve(STEPS).toString());
        files.put("markdown", folder.resolve(MARKDOWN).toString());
        files.put("similarity", folder.resolve(SIMILARITY).toString());
        files.put("page", folder.resolve(PAGE).toString());
        facts.set("provenance", JsonFile.tree(runs.get(0).run().provenance()));
        return facts;
    }

    private static void add(ObjectNode node, ComparedRun run) {
        node.put("sampler", run.sampler()).put("policy", run.policy());
        node.put("tag", String.valueOf(run.run().provenance().get("policy")));
        run.branch().ifPresent(branch -> node.put("branch", branch));
        run.interval().ifPresent(interval -> node.put("interval", interval));
        node.set("kinds", JsonFile.tree(run.kinds()));
        node.put("fullSteps", run.run().fullSteps())
                .put("cachedSteps", run.run().cachedSteps())
                .put("macs", run.run().macs())
                .put("seconds", run.run().seconds())
                .put("millisPerImage", run.millisPerImage());
        node.putObject("speedup")
                .put("measured", run.speedup())
                .put("predicted", run.run().predictedSpeedup());
        add(node, "psnr", run.difference().psnr());
        add(node, "ssim", run.difference().ssim());
        node.put("rms", run.difference().rms())
                .put("relativeL1", run.difference().relativeL1())
                .put("relativeL2", run.difference().relativeL2());
        add(node, "frechet", run.frechet());
        add(node, "accuracy", run.accuracy());
        ArrayNode steps = node.putArray("steps");
        run.steps()
                .forEach(
                        step ->
                                steps.addObject()
                                        .put("step", step.step())
                                        .put("relativeL1", step.relativeL1())
                                        .put("relativeL2", step.relativeL2()));
    }

    /** Null where it does not apply, and for equal images, whose ratio JSON cannot hold. */
    private static void add(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }
}
