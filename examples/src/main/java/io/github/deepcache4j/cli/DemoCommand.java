// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.metrics.Psnr;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.report.HtmlReport;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.report.RunReport;
import io.github.deepcache4j.report.SamplePictures;
import io.github.deepcache4j.schedule.UniformSchedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache demo}: the digits 0 to 9 with and without caching, side by side. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sample ten digits with the bundled model, uncached and cached, and compare.")
final class DemoCommand implements Callable<Integer> {

    private static final int[] INTERVALS = {2, 3, 5, 10};
    private static final int DIGITS = 10;
    private static final long SEED = 7;
    private static final double GUIDANCE = 2;
    private static final String PAGE = "index.html";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for pictures and page; default demo-out.")
    private Path out = Path.of("demo-out");

    @Option(names = "--steps", paramLabel = "T", description = "Denoising steps; default 50.")
    private int steps = 50;

    @Option(
            names = "--branch",
            paramLabel = "B",
            description = "Branch to cut at, 0 (default) is the outermost.")
    private int branch;

    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        OutputFile.checkFolder("--out", out);
        PrintWriter err = spec.commandLine().getErr();
        Engine engine = Engines.named(Engines.AUTO, Precision.F32);
        SamplingSettings settings =
                new SamplingSettings(
                        SamplerKind.DDIM,
                        steps,
                        0,
                        true,
                        SEED,
                        DIGITS,
                        IntStream.range(0, DIGITS).boxed().toList(),
                        GUIDANCE);
        Pipeline pipeline =
                Pipeline.open(model(), ImportOptions.none(), settings, Map.of(), err::println);
        CachePlan plan = Branches.plan(pipeline.anatomy(), branch, null);
        warmUp(pipeline.withSteps(2), plan, engine);

        List<HtmlReport.Entry> entries = new ArrayList<>();
        SampledRun uncached;
        try (StepProgress progress = StepProgress.of("uncached", pipeline.totalSteps(), err)) {
            uncached = SampledRun.uncached(pipeline, engine, Precision.F32, progress);
        }
        entries.add(entry("uncached", "uncached", uncached, uncached));
        for (int interval : INTERVALS) {
            try (StepProgress progress =
                    StepProgress.of("interval " + interval, pipeline.totalSteps(), err)) {
                SampledRun run =
                        SampledRun.cached(
                                pipeline,
                                plan,
                                new UniformSchedule(interval),
                                "uniform, interval " + interval,
                                engine,
                                Precision.F32,
                                progress);
                entries.add(entry("N = " + interval, "interval-" + interval, run, uncached));
            }
        }
        Path page = out.resolve(PAGE);
        OutputFile.writeText(page, page(entries, plan));
        json.write(facts(entries, plan));
        print(entries, page);
        return 0;
    }

    private static Path model() {
        String models = System.getProperty("deepcache.models");
        if (models == null) {
            throw new UserError(
                    "the bundled models are not found; start the demo by examples/deepcache, or"
                            + " with -Ddeepcache.models=.../examples/models");
        }
        return Path.of(models, "mnist-unet");
    }

    /** The first steps of a process load libraries and fill pools; they belong to no run. */
    private static void warmUp(Pipeline pipeline, CachePlan plan, Engine engine) {
        try (StepProgress silent = StepProgress.silent()) {
            SampledRun.cached(
                    pipeline, plan, new UniformSchedule(2), "", engine, Precision.F32, silent);
        }
    }

    private HtmlReport.Entry entry(String name, String file, SampledRun run, SampledRun uncached)
            throws IOException {
        byte[] picture = ImageGrid.png(run.samples(), DIGITS);
        OutputFile.write(out.resolve(file + ".png"), path -> Files.write(path, picture));
        double psnr = Psnr.ofImages(run.samples(), uncached.samples());
        return new HtmlReport.Entry(name, run.report(), psnr, SamplePictures.of(run.samples()));
    }

    private String page(List<HtmlReport.Entry> entries, CachePlan plan) {
        return HtmlReport.render(
                "DeepCache on the JVM: ten digits",
                "The same ten seeds, "
                        + steps
                        + " DDIM steps with guidance "
                        + Amount.fixed(GUIDANCE, 0)
                        + ", without caching and with a full step every N. Cached steps cut the"
                        + " network at branch "
                        + plan.branch()
                        + " and cost "
                        + Amount.percent(plan.share())
                        + " of a full step's multiply-accumulates. PSNR compares with the uncached"
                        + " images, pixel by pixel, peak 2.",
                entries);
    }

    private void print(List<HtmlReport.Entry> entries, Path page) {
        PrintWriter print = spec.commandLine().getOut();
        TextTable table =
                new TextTable(
                        "run",
                        "seconds",
                        "speed-up",
                        "predicted",
                        "MACs",
                        "full",
                        "cached",
                        "PSNR dB");
        double seconds = entries.get(0).run().seconds();
        for (HtmlReport.Entry entry : entries) {
            RunReport run = entry.run();
            table.row(
                    entry.name(),
                    Amount.fixed(run.seconds(), 2),
                    Amount.fixed(seconds / run.seconds(), 2),
                    Amount.fixed(run.predictedSpeedup(), 2),
                    Amount.of(run.macs()),
                    String.valueOf(run.fullSteps()),
                    String.valueOf(run.cachedSteps()),
                    Double.isInfinite(entry.psnr()) ? "-" : Amount.fixed(entry.psnr(), 1));
        }
        print.println(table);
        print.println();
        print.println("Pictures and " + PAGE + " are in " + out + ": open " + page.toUri());
    }

    private ObjectNode facts(List<HtmlReport.Entry> entries, CachePlan plan) {
        ObjectNode facts = JsonFile.object();
        facts.put("branch", plan.branch());
        facts.put("share", plan.share());
        ArrayNode runs = facts.putArray("runs");
        double seconds = entries.get(0).run().seconds();
        for (HtmlReport.Entry entry : entries) {
            ObjectNode node =
                    runs.addObject()
                            .put("name", entry.name())
                            .put("seconds", entry.run().seconds())
                            .put("speedup", seconds / entry.run().seconds())
                            .put("predictedSpeedup", entry.run().predictedSpeedup())
                            .put("macs", entry.run().macs())
                            .put("fullSteps", entry.run().fullSteps())
                            .put("cachedSteps", entry.run().cachedSteps());
            if (Double.isInfinite(entry.psnr())) {
                node.putNull("psnr");
            } else {
                node.put("psnr", entry.psnr());
            }
            node.set("provenance", JsonFile.tree(entry.run().provenance()));
        }
        return facts;
    }
}
