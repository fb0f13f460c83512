// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.engine.Cut;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Turns a U-Net and a plan into graphs that can skip the deep region. The source graph stays as it
 * is; the results share its weight arrays.
 */
public final class DeepCacheRewriter {

    private DeepCacheRewriter() {}

    /**
     * Two graphs: one for full steps, one for cached steps.
     *
     * @throws IllegalArgumentException if the plan does not fit the graph; the message has all
     *     reasons
     */
    public static CacheSplit split(UNet unet, CachePlan plan) {
        return split(unet.sameDiff(), plan);
    }

    /** The same for a graph without ports. */
    public static CacheSplit split(SameDiff graph, CachePlan plan) {
        SameDiff cached =
                new CutDeepRegionPass(plan.output(), plan.boundary(), plan.boundaryShape())
                        .run(graph);
        SameDiff full = GraphCopy.of(graph, List.of(plan.output(), plan.boundary()));
        return new CacheSplit(full, cached, plan);
    }

    /**
     * The graph compiled in stages: prefix, deep, suffix. One set of code, weights and buffers for
     * both kinds of step.
     *
     * @param inputShapes sizes of the graph's inputs; those that the output does not need are left
     *     out
     * @throws IllegalArgumentException if the plan does not fit the graph, or the engine cannot run
     *     it; the message has all reasons
     */
    public static StagedGraph compile(
            Engine engine,
            SameDiff graph,
            CachePlan plan,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return compile(engine, graph, List.of(plan), false, inputShapes, precision);
    }

    /**
     * The graph compiled in stages around several boundaries, for steps that are cached now here,
     * now there.
     *
     * @param plans of one graph, the outermost branch first
     * @param gated whether a step may stop after its prefix, to look at the skip
     * @param inputShapes sizes of the graph's inputs
     * @throws IllegalArgumentException if a plan does not fit the graph, or the engine cannot run
     *     it; the message has all reasons
     */
    public static StagedGraph compile(
            Engine engine,
            SameDiff graph,
            List<CachePlan> plans,
            boolean gated,
            Map<String, Shape> inputShapes,
            Precision precision) {
        List<String> reasons =
                plans.stream()
                        .flatMap(
                                plan ->
                                        CutDeepRegionPass.reasons(
                                                graph, plan.output(), plan.boundary())
                                                .stream())
                        .toList();
        if (!reasons.isEmpty()) {
            throw new IllegalArgumentException("cannot rewrite: " + String.join("; ", reasons));
        }
        return engine.compileStaged(
                graph,
                plans.get(0).output(),
                plans.stream()
                        .map(plan -> new Cut(plan.boundary(), gated ? plan.skip() : null))
                        .toList(),
                inputShapes,
                precision);
    }

    /**
     * One graph with a gate. Existing code keeps calling {@code sd.output(...)}:
     *
     * <pre>{@code
     * GatedGraph gated = DeepCacheRewriter.gate(unet, plan);
     * gated.sameDiff().setListeners(new DeepCacheListener(step -> step % 5 == 0));
     * }</pre>
     *
     * @throws IllegalArgumentException if the plan does not fit the graph; the message has all
     *     reasons
     */
    public static GatedGraph gate(UNet unet, CachePlan plan) {
        return gate(
                unet.sameDiff(),
                plan,
                unet.ports().sample().name(),
                unet.ports().timestep().name());
    }

    /**
     * The same for a graph without ports.
     *
     * @param sample name of the input for the noisy sample
     * @param timestep name of the input for the timestep
     */
    public static GatedGraph gate(SameDiff graph, CachePlan plan, String sample, String timestep) {
        return gated(graph, plan, sample, timestep);
    }

    /**
     * The same for a network without a timestep, such as one for segmentation of video frames: a
     * run starts anew at {@link DeepCacheListener#reset} and when the input's sizes change.
     */
    public static GatedGraph gate(SameDiff graph, CachePlan plan, String sample) {
        return gated(graph, plan, sample, null);
    }

    private static GatedGraph gated(
            SameDiff graph, CachePlan plan, String sample, @Nullable String timestep) {
        return GatedGraph.of(
                new AddGatePass(
                                plan.output(),
                                plan.boundary(),
                                plan.boundaryShape(),
                                sample,
                                timestep)
                        .run(graph));
    }
}
