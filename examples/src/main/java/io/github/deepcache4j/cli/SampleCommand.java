// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.report.RunReport;
import io.github.deepcache4j.schedule.CacheSchedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache sample}: images from a model, in one run. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sample images, reusing deep features between full steps.")
final class SampleCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();

    @Mixin private SamplingOptions sampling = new SamplingOptions();

    @Mixin private CachingOptions caching = new CachingOptions();

    @Option(
            names = "--inputs",
            paramLabel = "FILE.npz",
            description =
                    "Other inputs of the model, as arrays named after them, with one row for all"
                            + " images or one for each; uncond_NAME is what guidance leaves NAME out"
                            + " by; one named after the sample is the initial noise.")
    private @Nullable Path inputs;

    @Option(names = "--out", paramLabel = "FILE.png", description = "Picture of all samples.")
    private @Nullable Path out;

    @Option(
            names = "--latents",
            paramLabel = "FILE.npz",
            description = "The samples as array 'samples'; default: beside the picture.")
    private @Nullable Path latents;

    @Mixin private EngineOptions engines = new EngineOptions();
    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        SamplingSettings settings = sampling.settings();
        Engine engine = engines.engine();
        Precision precision = engines.precision();
        Path samplesFile = checkedOutputs();
        PrintWriter err = spec.commandLine().getErr();
        Map<String, INDArray> arrays = inputs == null ? Map.of() : NpzFile.read(inputs);
        Optional<PolicyChoice> policy = caching.policy();
        if (policy.isPresent()) {
            return following(policy.get(), settings, arrays, engine, precision, samplesFile);
        }
        Pipeline pipeline =
                Pipeline.open(
                        options.model(), options.importOptions(), settings, arrays, err::println);
        CacheSchedule schedule = caching.schedule(pipeline.calls());
        boolean uncached = caching.isUncached();
        CachePlan plan = uncached ? null : caching.plan(pipeline.anatomy());
        SampledRun run;
        try (StepProgress progress = StepProgress.of("sampling", pipeline.totalSteps(), err)) {
            run =
                    plan == null
                            ? SampledRun.uncached(pipeline, engine, precision, progress)
                            : SampledRun.cached(
                                    pipeline,
                                    plan,
                                    schedule,
                                    caching.text(),
                                    engine,
                                    precision,
                                    progress);
        }
        write(run, samplesFile, err);
        summary(run.report(), plan == null ? "" : ", branch " + plan.branch(), samplesFile);
        return 0;
    }

    private int following(
            PolicyChoice policy,
            SamplingSettings settings,
            Map<String, INDArray> arrays,
            Engine engine,
            Precision precision,
            Path samplesFile)
            throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Pipeline pipeline =
                Pipeline.open(
                        options.model(),
                        options.importOptions(),
                        settings,
                        arrays,
                        policy.guidance(),
                        err::println);
        FittedPolicy fitted = policy.forRun(pipeline, err::println);
        SampledRun run;
        try (StepProgress progress = StepProgress.of("sampling", pipeline.totalSteps(), err)) {
            run =
                    SampledRun.following(
                            pipeline, fitted, policy.text(), engine, precision, progress);
        }
        write(run, samplesFile, err);
        summary(run.report(), ", policy " + fitted.policy().tag(), samplesFile);
        return 0;
    }

    /** Where the samples go; fails before the run if a file could not be written after it. */
    private Path checkedOutputs() {
        json.check();
        if (out == null && latents == null) {
            throw new UserError("nowhere to put the samples; give --out FILE.png");
        }
        if (out != null) {
            OutputFile.check("--out", out);
        }
        Path samplesFile = latents;
        if (samplesFile == null) {
            Path picture = Objects.requireNonNull(out);
            String name = picture.getFileName().toString();
            String stem =
                    name.toLowerCase(Locale.ROOT).endsWith(".png")
                            ? name.substring(0, name.length() - 4)
                            : name;
            samplesFile = picture.resolveSibling(stem + ".npz");
        }
        OutputFile.check("--latents", samplesFile);
        return samplesFile;
    }

    private void write(SampledRun run, Path samplesFile, PrintWriter err) throws IOException {
        INDArray samples = run.samples();
        if (out != null) {
            Shape shape = Shape.of(samples.shape());
            if (shape.rank() != 4) {
                throw new UserError(
                        "samples of shape "
                                + shape
                                + " cannot be drawn; leave out --out and give --latents FILE.npz");
            }
            if (!ImageGrid.isImage(shape)) {
                err.println(
                        "note: samples of "
                                + shape.size(ImageGrid.channelAxis(shape))
                                + " channels are latents, not pictures; "
                                + out
                                + " shows the first of them, stretched to black and white");
            }
            byte[] picture = ImageGrid.png(samples, ImageGrid.columns((int) samples.size(0)));
            OutputFile.write(out, file -> Files.write(file, picture));
        }
        OutputFile.write(samplesFile, file -> NpzFile.write(file, Map.of("samples", samples)));
        json.write(facts(run.report(), samplesFile));
    }

    private ObjectNode facts(RunReport report, Path samplesFile) {
        ObjectNode facts = JsonFile.object();
        ArrayNode steps = facts.putArray("steps");
        for (RunReport.StepRow row : report.steps()) {
            steps.addObject()
                    .put("index", row.index())
                    .put("timestep", row.timestep())
                    .put("kind", row.kind().name().toLowerCase(Locale.ROOT))
                    .put("label", row.label())
                    .put("seconds", row.seconds())
                    .put("macs", row.macs());
        }
        facts.putObject("totals")
                .put("seconds", report.seconds())
                .put("fullSteps", report.fullSteps())
                .put("cachedSteps", report.cachedSteps())
                .put("macs", report.macs())
                .put("predictedSpeedup", report.predictedSpeedup());
        ResidentMemory.now().ifPresent(bytes -> facts.put("residentBytes", bytes));
        ResidentMemory.peak().ifPresent(bytes -> facts.put("peakResidentBytes", bytes));
        facts.put("samples", samplesFile.toString());
        if (out != null) {
            facts.put("grid", out.toString());
        }
        facts.set("provenance", JsonFile.tree(report.provenance()));
        return facts;
    }

    private void summary(RunReport report, String caching, Path samplesFile) {
        PrintWriter print = spec.commandLine().getOut();
        print.println(
                sampling.settings().count()
                        + " samples in "
                        + Amount.fixed(report.seconds(), 2)
                        + " s: "
                        + report.fullSteps()
                        + " full and "
                        + report.cachedSteps()
                        + " cached steps, "
                        + Amount.of(report.macs())
                        + " MACs"
                        + (caching.isEmpty()
                                ? ""
                                : caching
                                        + ", predicted speed-up "
                                        + Amount.fixed(report.predictedSpeedup(), 2)));
        List<Path> files = out == null ? List.of(samplesFile) : List.of(out, samplesFile);
        files.forEach(file -> print.println("wrote " + file));
    }
}
