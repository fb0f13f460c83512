// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.RunReport;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import io.github.deepcache4j.session.UncachedPredictor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The samples of one run and the record of its steps. */
final class SampledRun {

    private final INDArray samples;
    private final RunReport report;

    private SampledRun(INDArray samples, RunReport report) {
        this.samples = samples;
        this.report = report;
    }

    /** Runs the plain network in every step. */
    static SampledRun uncached(
            Pipeline pipeline, Engine engine, Precision precision, StepProgress progress) {
        long macs = pipeline.fullMacs();
        List<StepEvent> events = new ArrayList<>();
        try (UncachedPredictor network =
                UncachedPredictor.of(pipeline.unet(), engine, precision, macs, events::add)) {
            long start = System.nanoTime();
            INDArray samples = pipeline.sample(network, progress);
            double seconds = (System.nanoTime() - start) / 1e9;
            Map<String, Object> provenance = provenance(pipeline, engine, precision);
            provenance.put("plan", "none: every step is full");
            return new SampledRun(samples, RunReport.of(events, seconds, 1, provenance));
        }
    }

    /**
     * Runs the network with caching.
     *
     * @param scheduleText the schedule as the user wrote it, for the record
     */
    static SampledRun cached(
            Pipeline pipeline,
            CachePlan plan,
            CacheSchedule schedule,
            String scheduleText,
            Engine engine,
            Precision precision,
            StepProgress progress) {
        int calls = pipeline.calls();
        List<StepEvent> events = new ArrayList<>();
        try (DeepCacheSession network =
                DeepCacheSession.of(pipeline.unet(), plan, schedule)
                        .engine(engine, precision)
                        .listener(events::add)
                        .open()) {
            long start = System.nanoTime();
            INDArray samples = pipeline.sample(network, progress);
            double seconds = (System.nanoTime() - start) / 1e9;
            Map<String, Object> provenance = provenance(pipeline, engine, precision);
            provenance.put("plan", PlanFacts.of(plan));
            provenance.put("schedule", scheduleText);
            return new SampledRun(
                    samples,
                    RunReport.of(
                            events,
                            seconds,
                            plan.predictedSpeedup(calls, schedule.fullSteps(calls).size()),
                            provenance));
        }
    }

    /**
     * Runs the network with a policy.
     *
     * @param text the policy as the user wrote it, for the record
     */
    static SampledRun following(
            Pipeline pipeline,
            FittedPolicy fitted,
            String text,
            Engine engine,
            Precision precision,
            StepListener progress) {
        List<StepEvent> events = new ArrayList<>();
        try (DeepCacheSession network =
                pipeline.session(fitted).engine(engine, precision).listener(events::add).open()) {
            long start = System.nanoTime();
            INDArray samples = pipeline.sample(network, network::skipped, progress);
            double seconds = (System.nanoTime() - start) / 1e9;
            Map<String, Object> provenance = provenance(pipeline, engine, precision);
            provenance.put("policy", text);
            provenance.put("policyTag", fitted.policy().tag());
            long macs = events.stream().mapToLong(StepEvent::macs).sum();
            double uncached = (double) events.size() * pipeline.fullMacs();
            return new SampledRun(
                    samples, RunReport.of(events, seconds, uncached / macs, provenance));
        }
    }

    /** {@code [count, channels, height, width]}. */
    INDArray samples() {
        return samples;
    }

    RunReport report() {
        return report;
    }

    static Map<String, Object> provenance(Pipeline pipeline, Engine engine, Precision precision) {
        SamplingSettings settings = pipeline.settings();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", pipeline.provenance().file());
        facts.put("sha256", pipeline.provenance().sha256());
        facts.put("format", pipeline.provenance().format());
        facts.put("producer", pipeline.provenance().producer());
        facts.put("sampler", settings.sampler().shortName());
        facts.put("steps", settings.steps());
        facts.put("eta", settings.eta());
        facts.put("clippedModelOutput", settings.clippedModelOutput());
        facts.put("guidance", settings.guidance());
        facts.put("classes", settings.classes());
        facts.put("seed", settings.seed());
        facts.put("count", settings.count());
        facts.put("engine", engine.name());
        facts.put("precision", precision.toString());
        facts.put("threads", Threads.limit());
        facts.put("versions", Versions.all());
        return facts;
    }
}
