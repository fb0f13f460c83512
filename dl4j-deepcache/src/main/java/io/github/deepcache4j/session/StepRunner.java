// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.policy.Gate;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;
import io.github.deepcache4j.unet.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Decides for every call whether it is full, and runs it. */
final class StepRunner implements AutoCloseable {

    /**
     * @param prediction valid until the next call
     * @param branch of a cached step
     */
    record Outcome(INDArray prediction, StepEvent.Kind kind, int branch, long macs) {}

    private final StagedGraph graph;
    private final List<CachePlan> plans;
    private Course course;
    private final Map<String, FeatureCache> caches = new HashMap<>();
    private final Map<String, SkipGate> gates = new HashMap<>();

    StepRunner(StagedGraph graph, List<CachePlan> plans, Course course) {
        this.graph = graph;
        this.plans = plans;
        this.course = course;
    }

    Policy policy() {
        return course.policy();
    }

    /** Goes another way from the next call on, which is full. */
    void follow(Course other) {
        reset();
        course.corrections().close();
        course = other;
    }

    Outcome run(Map<String, INDArray> inputs, Step step, Shape sample) {
        FeatureCache cache =
                caches.computeIfAbsent(
                        step.cacheKey(),
                        key ->
                                new FeatureCache(
                                        plans.size(), course.policy().forecast().anchors()));
        if (cache.beginsRun(step, sample)) {
            cache.begin();
        }
        int branch = cache.isEmpty() ? BranchSchedule.FULL : course.schedule().branch(step.index());
        Outcome outcome =
                course.policy().gate() instanceof Gate.SkipChange gate
                        ? gated(inputs, step, cache, branch, gate)
                        : branch == BranchSchedule.FULL
                                ? full(graph.runFull(inputs, next(cache, step)))
                                : cached(
                                        graph.runCached(
                                                inputs, cut(branch), blend(cache, branch, step)),
                                        branch);
        cache.advance(step, sample, outcome.kind() == StepEvent.Kind.FULL);
        return outcome;
    }

    private Outcome gated(
            Map<String, INDArray> inputs,
            Step step,
            FeatureCache cache,
            int branch,
            Gate.SkipChange gate) {
        SkipGate skips = gates.computeIfAbsent(step.cacheKey(), key -> new SkipGate());
        INDArray skip = graph.runPrefix(inputs, 0);
        // written so that NaN is full
        boolean reuse =
                branch != BranchSchedule.FULL
                        && step.index() >= gate.warmUp()
                        && cache.sinceFull() < gate.longestRun()
                        && skips.change(skip) <= gate.threshold();
        if (reuse) {
            return cached(graph.finishCached(blend(cache, branch, step)), branch);
        }
        skips.keep(skip);
        return full(graph.finishFull(next(cache, step)));
    }

    private List<Feature> next(FeatureCache cache, Step step) {
        return cache.next(step, course.abscissae().applyAsDouble(step));
    }

    private Blend blend(FeatureCache cache, int branch, Step step) {
        Blend forecast =
                cache.forecast(
                        cut(branch),
                        course.policy().forecast(),
                        cache.clamped(
                                step,
                                course.abscissae().applyAsDouble(step),
                                course.policy().horizon()));
        return course.corrections().apply(forecast, step.index());
    }

    private int cut(int branch) {
        for (int cut = 0; cut < plans.size(); cut++) {
            if (plans.get(cut).branch() == branch) {
                return cut;
            }
        }
        throw new IllegalArgumentException(
                "the session was not opened for branch " + branch + ", which the schedule names");
    }

    private Outcome full(INDArray prediction) {
        return new Outcome(
                prediction, StepEvent.Kind.FULL, StepEvent.NO_BRANCH, plans.get(0).fullMacs());
    }

    private Outcome cached(INDArray prediction, int branch) {
        return new Outcome(
                prediction, StepEvent.Kind.CACHED, branch, plans.get(cut(branch)).cachedMacs());
    }

    long cacheBytes() {
        return caches.values().stream().mapToLong(FeatureCache::bytes).sum();
    }

    void reset() {
        caches.clear();
        gates.clear();
    }

    @Override
    public void close() {
        reset();
        course.corrections().close();
        graph.close();
    }
}
