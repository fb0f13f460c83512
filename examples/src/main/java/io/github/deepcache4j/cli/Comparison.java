// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.metrics.CosineSimilarity;
import io.github.deepcache4j.metrics.Psnr;
import io.github.deepcache4j.metrics.RelativeError;
import io.github.deepcache4j.metrics.RmsError;
import io.github.deepcache4j.metrics.Ssim;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.report.ComparedRun;
import io.github.deepcache4j.report.ComparedRun.Difference;
import io.github.deepcache4j.report.ComparedRun.StepDifference;
import io.github.deepcache4j.report.ComparisonPage.Picture;
import io.github.deepcache4j.report.ComparisonPage.Similarity;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.report.RunReport;
import io.github.deepcache4j.report.SamplePictures;
import io.github.deepcache4j.session.BoundaryRecorder;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import io.github.deepcache4j.session.UncachedPredictor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs of the same seeds by one sampler: the uncached one, then each contender against it. */
final class Comparison {

    private static final int PICTURES = 10;

    /** Opens the same images for a rule of guidance, which decides how calls are batched. */
    @FunctionalInterface
    interface Pipelines {
        Pipeline open(GuidanceRule rule) throws IOException;
    }

    private final Pipelines pipelines;
    private final Pipeline pipeline;
    private final Engine engine;
    private final Precision precision;
    private final @Nullable ImageJudge judge;
    private final StepListener progress;
    private final Consumer<String> notes;

    /**
     * @param pipeline that makes all calls of guidance
     * @param pipelines that may leave some out
     */
    Comparison(
            Pipeline pipeline,
            Pipelines pipelines,
            Engine engine,
            Precision precision,
            @Nullable ImageJudge judge,
            StepListener progress,
            Consumer<String> notes) {
        this.pipeline = pipeline;
        this.pipelines =
                rule -> rule.equals(new GuidanceRule.Both()) ? pipeline : pipelines.open(rule);
        this.engine = engine;
        this.precision = precision;
        this.judge = judge;
        this.progress = progress;
        this.notes = notes;
    }

    /** Denoising steps of a comparison, for progress. */
    static int totalSteps(Pipeline pipeline, int contenders) {
        int recording = pipeline.totalSteps() / pipeline.groups();
        return (contenders + 1) * pipeline.totalSteps() + recording;
    }

    /** The uncached run, then those of the contenders, each with a picture. */
    List<Picture> runs(List<Contender> contenders) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        MeasuredRun uncached = uncached();
        pictures.add(compared(Contender.uncached(), uncached, uncached));
        for (Contender contender : contenders) {
            try {
                pictures.add(compared(contender, run(contender), uncached));
            } catch (UserError e) {
                // such as a forecast that diverged; the other runs are worth their hours all the
                // same
                notes.accept("note: " + contender.name() + " is left out: " + e.getMessage());
            }
        }
        return pictures;
    }

    private MeasuredRun uncached() {
        long macs = pipeline.fullMacs();
        List<StepEvent> events = new ArrayList<>();
        try (UncachedPredictor network =
                UncachedPredictor.of(pipeline.unet(), engine, precision, macs, events::add)) {
            return MeasuredRun.of(pipeline, network, call -> {}, events, progress);
        }
    }

    private MeasuredRun run(Contender contender) throws IOException {
        Pipeline place = pipelines.open(contender.policy().guidance());
        List<StepEvent> events = new ArrayList<>();
        try (DeepCacheSession network =
                place.session(contender.fitted())
                        .engine(engine, precision)
                        .listener(events::add)
                        .open()) {
            return MeasuredRun.of(place, network, network::skipped, events, progress);
        }
    }

    private Picture compared(Contender contender, MeasuredRun run, MeasuredRun uncached)
            throws IOException {
        Optional<ImageJudge.Verdict> verdict =
                Optional.ofNullable(judge).map(each -> each.judge(run.samples()));
        Map<String, Object> provenance = SampledRun.provenance(pipeline, engine, precision);
        provenance.put("policy", contender.policy().tag());
        RunReport report = run.report((double) uncached.macs() / run.macs(), provenance);
        ComparedRun compared =
                new ComparedRun(
                        sampler(),
                        contender.title(),
                        contender.branch(),
                        contender.interval(),
                        report,
                        run.millisPerImage(),
                        uncached.millisPerImage() / run.millisPerImage(),
                        difference(run, uncached),
                        steps(run, uncached),
                        verdict.map(ImageJudge.Verdict::frechet).orElse(OptionalDouble.empty()),
                        verdict.map(ImageJudge.Verdict::accuracy).orElse(OptionalDouble.empty()));
        INDArray shown = Rows.of(run.samples(), 0, Math.min(PICTURES, run.samples().size(0)));
        return new Picture(compared, SamplePictures.of(shown));
    }

    /** Such as {@code ddim 50}. */
    private String sampler() {
        SamplingSettings settings = pipeline.settings();
        return settings.sampler().shortName() + " " + settings.steps();
    }

    private static Difference difference(MeasuredRun run, MeasuredRun uncached) {
        INDArray samples = run.samples();
        INDArray reference = uncached.samples();
        boolean image = run != uncached && ImageGrid.isImage(Shape.of(samples.shape()));
        boolean large = image && samples.size(2) >= Ssim.WINDOW && samples.size(3) >= Ssim.WINDOW;
        RelativeError error = RelativeError.of(samples, reference);
        return new Difference(
                image
                        ? OptionalDouble.of(Psnr.ofImages(samples, reference))
                        : OptionalDouble.empty(),
                large
                        ? OptionalDouble.of(Ssim.ofImages(samples, reference))
                        : OptionalDouble.empty(),
                RmsError.of(samples, reference),
                error.l1(),
                error.l2());
    }

    private static List<StepDifference> steps(MeasuredRun run, MeasuredRun uncached) {
        List<StepDifference> steps = new ArrayList<>();
        for (int step = 0; step < run.trajectory().size(); step++) {
            RelativeError error =
                    RelativeError.of(run.trajectory().get(step), uncached.trajectory().get(step));
            steps.add(new StepDifference(step, error.l1(), error.l2()));
        }
        return steps;
    }

    /** How similar the boundaries of all branches are between the steps of an uncached batch. */
    List<Similarity> similarities() {
        List<CachePlan> plans = new ArrayList<>();
        if (pipeline.anatomy() instanceof Found found) {
            found.anatomy()
                    .skips()
                    .forEach(
                            skip ->
                                    plans.add(
                                            CachePlanner.atBranch(found, skip.branch()).orThrow()));
        }
        List<String> boundaries = plans.stream().map(CachePlan::boundary).toList();
        List<Similarity> similarities = new ArrayList<>();
        try (BoundaryRecorder recorder =
                BoundaryRecorder.of(pipeline.unet(), engine, precision, boundaries)) {
            pipeline.sampleGroup(0, recorder, call -> {}, progress);
            for (CachePlan plan : plans) {
                similarities.add(
                        new Similarity(
                                sampler(),
                                plan.branch(),
                                plan.boundary(),
                                CosineSimilarity.ofAllPairs(recorder.features(plan.boundary()))));
            }
        }
        return similarities;
    }
}
