// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.report.ComparisonPage.Picture;
import io.github.deepcache4j.report.ComparisonPage.Similarity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache compare}: what caching saves and costs, over branches, intervals, samplers. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sample the same seeds uncached and cached in many ways, and compare.")
final class CompareCommand implements Callable<Integer> {

    private static final int DEFAULT_BRANCHES = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();

    @Option(
            names = "--intervals",
            paramLabel = "N",
            split = ",",
            description = "Intervals to try; default 2,3,5,10.")
    private List<Integer> intervals = List.of(2, 3, 5, 10);

    @Option(
            names = "--branches",
            paramLabel = "B",
            split = ",",
            description = "Branches to cut at; default 0,1,2, as far as there are.")
    private @Nullable List<Integer> branches;

    @Option(
            names = "--policies",
            paramLabel = "P",
            split = ",",
            description = {
                "Policies to compare with plain reuse: parts as newton2, tried at every interval and",
                "branch; whole ones as N5b2.newton2; files that calibrate wrote. What needs it is",
                "calibrated first."
            })
    private List<String> policies = List.of();

    @Option(
            names = "--samplers",
            paramLabel = "S[:T]",
            split = ",",
            description = "Several samplers, with their steps if others than --steps.")
    private @Nullable List<String> samplers;

    @Mixin private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--inputs",
            paramLabel = "FILE.npz",
            description = "Other inputs of the model, as 'sample' takes them.")
    private @Nullable Path inputs;

    @Mixin private CalibrationOptions calibration = new CalibrationOptions();
    @Mixin private ImageJudge.Options classifier = new ImageJudge.Options();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = {
                "Folder for tables, page, similarities, calibrated policies; default compare-out.",
                "Policies that are there for the same run are not calibrated again."
            })
    private Path out = Path.of("compare-out");

    @Mixin private EngineOptions engines = new EngineOptions();
    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        OutputFile.checkFolder("--out", out);
        intervals.forEach(interval -> SamplingSettings.positive("--intervals", interval));
        List<SamplingSettings> settings = settings();
        Engine engine = engines.engine();
        Precision precision = engines.precision();
        Map<String, INDArray> arrays = inputs == null ? Map.of() : NpzFile.read(inputs);
        PrintWriter err = spec.commandLine().getErr();
        List<Picture> runs = new ArrayList<>();
        List<Similarity> similarities = new ArrayList<>();
        for (SamplingSettings each : settings) {
            Pipeline pipeline = open(each, arrays, new GuidanceRule.Both(), err::println);
            List<Contender> contenders =
                    new Contenders(intervals, branches(pipeline.anatomy()), policies)
                            .of(pipeline, err::println);
            try (ImageJudge judge = judge(pipeline)) {
                if (contenders.stream().anyMatch(one -> one.policy().needsCalibration())) {
                    contenders =
                            PolicyFitting.fitted(
                                    contenders,
                                    open(
                                            calibration.settings(each),
                                            arrays,
                                            new GuidanceRule.Both(),
                                            note -> {}),
                                    engine,
                                    precision,
                                    calibration.effort(),
                                    out.resolve("policies"),
                                    err::println);
                }
                try (StepProgress progress =
                        StepProgress.of(
                                "comparing",
                                Comparison.totalSteps(pipeline, contenders.size()),
                                err)) {
                    Comparison comparison =
                            new Comparison(
                                    pipeline,
                                    rule -> open(each, arrays, rule, note -> {}),
                                    engine,
                                    precision,
                                    judge,
                                    progress,
                                    err::println);
                    // first, since it also warms up what the uncached run is timed with
                    similarities.addAll(comparison.similarities());
                    runs.addAll(comparison.runs(contenders));
                }
            }
        }
        ComparisonFiles files = new ComparisonFiles(options.model(), runs, similarities);
        files.write(out);
        json.write(files.facts(out));
        files.print(spec.commandLine().getOut(), out);
        return 0;
    }

    private Pipeline open(
            SamplingSettings settings,
            Map<String, INDArray> arrays,
            GuidanceRule rule,
            Consumer<String> notes)
            throws IOException {
        return Pipeline.open(
                options.model(), options.importOptions(), settings, arrays, rule, notes);
    }

    private List<SamplingSettings> settings() {
        if (samplers == null) {
            return List.of(sampling.settings());
        }
        List<SamplingSettings> settings = new ArrayList<>();
        for (String text : samplers) {
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            settings.add(
                    sampling.settings(name, colon < 0 ? sampling.steps() : steps(text, colon)));
        }
        return settings;
    }

    private static int steps(String text, int colon) {
        try {
            return Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new UserError(
                    "--samplers " + text + ": write a sampler and its steps like dpm++:25", e);
        }
    }

    private List<Integer> branches(AnatomyResult anatomy) {
        if (branches != null) {
            return branches;
        }
        int there = anatomy instanceof Found found ? found.anatomy().skips().size() : 1;
        return IntStream.range(0, Math.min(DEFAULT_BRANCHES, there)).boxed().toList();
    }

    private @Nullable ImageJudge judge(Pipeline pipeline) throws IOException {
        Path folder = classifier.folder(options.model()).orElse(null);
        return folder == null
                ? null
                : ImageJudge.open(
                        folder, pipeline.unet().ports().sample().shape(), pipeline.settings());
    }
}
