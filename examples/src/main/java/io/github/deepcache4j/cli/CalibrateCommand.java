// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.calibration.Calibrator;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.plan.PlanResult;
import io.github.deepcache4j.policy.Gate;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.policy.Method;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.report.Amount;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache calibrate}: fits a policy to a model and writes it to a file. */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fit a caching policy to a model: where the full steps are, at which branch the others",
            "are cached, and how the boundary is forecast. Without --count on 48 images: the first",
            "16 are searched on, all judge what was found. Look at it on other seeds than these."
        })
final class CalibrateCommand implements Callable<Integer> {

    /** Branches that --speedup chooses from: boundaries of a whole run are kept for each. */
    private static final int MOST_BRANCHES = 4;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();

    @Mixin private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--interval",
            paramLabel = "N",
            description = "As many MACs as one full step every N costs; default 5.")
    private @Nullable Integer interval;

    @Option(
            names = "--branch",
            paramLabel = "B",
            description = "... with the other steps cached at this branch; default 0.")
    private @Nullable Integer branch;

    @Option(
            names = "--speedup",
            paramLabel = "X",
            description = "Instead of both: a run X times cheaper, at whichever branch.")
    private @Nullable Double speedup;

    @Option(
            names = "--policy",
            paramLabel = "TAG",
            description = {
                "Instead of both: what to calibrate, as N5b2.newton2.search; default the",
                "recommended one."
            })
    private @Nullable String tag;

    @Option(
            names = "--trials",
            paramLabel = "K",
            description = "Most runs of a search for positions (part search); default 40.")
    private int trials = Calibrator.Effort.DEFAULT.trials();

    @Option(
            names = "--out",
            paramLabel = "FILE.json",
            required = true,
            description = "The policy, for sample --policy FILE.json.")
    private Path out = Path.of("policy.json");

    @Mixin private EngineOptions engines = new EngineOptions();
    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        SamplingSettings settings = sampling.settings();
        if (!spec.commandLine().getParseResult().hasMatchedOption("--count")) {
            settings = settings.withCount(CalibrationOptions.IMAGES);
        }
        SamplingSettings.positive("--trials", trials);
        Policy policy = policy();
        Engine engine = engines.engine();
        Precision precision = engines.precision();
        OutputFile.check("--out", out);
        json.check();
        PrintWriter err = spec.commandLine().getErr();
        GuidanceRule rule = policy.guidance();
        Pipeline pipeline =
                Pipeline.open(
                        options.model(),
                        options.importOptions(),
                        settings,
                        Map.of(),
                        rule,
                        err::println);
        FittedPolicy fitted;
        try (Calibrator calibrator =
                Calibrator.open(
                        pipeline.unet(),
                        pipeline.anatomy(),
                        branches(pipeline.anatomy(), policy),
                        engine,
                        precision,
                        pipeline.runs(),
                        pipeline.calls(),
                        pipeline.logSnr().orElse(t -> Double.NaN),
                        new Calibrator.Effort(Calibrator.Effort.DEFAULT.gainNodes(), trials),
                        err::println)) {
            fitted = speedup == null ? calibrator.fit(policy) : calibrator.fitSpeedup(speedup);
        } catch (IllegalArgumentException e) {
            throw new UserError("cannot calibrate: " + e.getMessage(), e);
        }
        OutputFile.writeText(out, CalibratedFile.of(fitted, pipeline, engine).text());
        report(fitted, pipeline);
        return 0;
    }

    private Policy policy() {
        int ways = (tag == null ? 0 : 1) + (speedup == null ? 0 : 1);
        if (ways + (interval != null || branch != null ? 1 : 0) > 1) {
            throw new UserError(
                    "--policy, --speedup, and --interval with --branch each say what to calibrate;"
                            + " give one of them");
        }
        try {
            Policy policy =
                    Policy.parse(
                            tag != null
                                    ? tag
                                    : "N"
                                            + (interval == null ? 5 : interval)
                                            + "b"
                                            + (branch == null ? 0 : branch)
                                            + ".recommended");
            if (!(policy.gate() instanceof Gate.None)) {
                throw new UserError(
                        "--policy " + tag + ": a gate decides at run time; leave it out");
            }
            if (!policy.needsCalibration()) {
                throw new UserError(
                        "--policy "
                                + tag
                                + " has nothing to calibrate; give it to sample as it is, or add"
                                + " one of search, dp, budget, affine, smooth0.18, change0.5");
            }
            return policy;
        } catch (IllegalArgumentException e) {
            throw new UserError("--policy: " + e.getMessage(), e);
        }
    }

    private List<Integer> branches(AnatomyResult anatomy, Policy policy) {
        if (speedup != null) {
            double most = 1 / speedup;
            List<Integer> cheap =
                    IntStream.range(0, MOST_BRANCHES)
                            .mapToObj(b -> CachePlanner.atBranch(anatomy, b))
                            .filter(PlanResult.Planned.class::isInstance)
                            .map(PlanResult::orThrow)
                            .filter(plan -> plan.share() < most || plan.branch() == 0)
                            .map(CachePlan::branch)
                            .toList();
            return cheap.isEmpty() ? List.of(Branches.plan(anatomy, 0, null).branch()) : cheap;
        }
        if (policy.placement() instanceof Placement.Sought sought) {
            Branches.plan(anatomy, sought.branch(), null);
            return sought.method() instanceof Method.Budget
                    ? IntStream.rangeClosed(0, sought.branch()).boxed().toList()
                    : List.of(sought.branch());
        }
        return policy.placement()
                .schedule(sampling.settings().steps())
                .branches(sampling.settings().steps());
    }

    private void report(FittedPolicy fitted, Pipeline pipeline) throws IOException {
        double gain = 10 * Math.log10(fitted.plainMeanSquare() / fitted.meanSquare());
        PrintWriter print = spec.commandLine().getOut();
        print.println("policy " + fitted.policy().tag());
        print.println(
                "error of the final samples "
                        + Amount.fixed(Math.sqrt(fitted.meanSquare()), 5)
                        + " RMS, plain DeepCache at this cost "
                        + Amount.fixed(Math.sqrt(fitted.plainMeanSquare()), 5)
                        + ": "
                        + Amount.fixed(gain, 1)
                        + " dB better, on the "
                        + pipeline.settings().count()
                        + " calibration samples");
        print.println("wrote " + out);
        ObjectNode facts = JsonFile.object();
        facts.put("policy", fitted.policy().tag())
                .put("asked", fitted.asked())
                .put("meanSquare", fitted.meanSquare())
                .put("plainMeanSquare", fitted.plainMeanSquare())
                .put("gainDecibels", gain)
                .put("file", out.toString());
        json.write(facts);
    }
}
