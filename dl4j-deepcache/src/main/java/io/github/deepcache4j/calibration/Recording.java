// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The uncached run: every prediction, and what the boundaries were on the way. */
final class Recording implements NoisePredictor, AutoCloseable {

    private final UNet unet;
    private final List<CachePlan> plans;
    private final CompiledGraph graph;
    private final List<Step> calls = new ArrayList<>();
    private final List<INDArray> predictions = new ArrayList<>();
    private final List<BoundaryTrace> traces = new ArrayList<>();

    private Recording(UNet unet, List<CachePlan> plans, CompiledGraph graph) {
        this.unet = unet;
        this.plans = List.copyOf(plans);
        this.graph = graph;
        plans.forEach(plan -> traces.add(new BoundaryTrace(ChannelAxis.of(unet, plan))));
    }

    /**
     * An empty recording.
     *
     * @param plans of the branches whose boundaries are recorded
     */
    static Recording of(UNet unet, List<CachePlan> plans, Engine engine, Precision precision) {
        Set<String> outputs = new LinkedHashSet<>();
        outputs.add(unet.ports().output().name());
        plans.forEach(plan -> outputs.add(plan.boundary()));
        return new Recording(
                unet,
                plans,
                engine.compile(
                        unet.sameDiff(),
                        List.copyOf(outputs),
                        unet.ports().inputShapes(),
                        precision));
    }

    @Override
    public INDArray predict(INDArray sample, Step step) {
        Map<String, INDArray> results = graph.run(unet.bind(sample, step));
        for (int i = 0; i < plans.size(); i++) {
            traces.get(i)
                    .add(
                            step.index(),
                            Objects.requireNonNull(results.get(plans.get(i).boundary())));
        }
        INDArray prediction =
                Objects.requireNonNull(results.get(unet.ports().output().name())).dup();
        calls.add(step);
        predictions.add(prediction);
        return prediction.dup();
    }

    /** Network calls so far, in order. */
    int calls() {
        return calls.size();
    }

    /** What the network said, call by call. */
    List<INDArray> predictions() {
        return predictions;
    }

    /**
     * The timestep of every step index.
     *
     * @throws IllegalArgumentException if the run made other calls
     */
    double[] timesteps(int steps) {
        double[] timesteps = new double[steps];
        int most = -1;
        for (Step call : calls) {
            most = Math.max(most, call.index());
            if (call.index() < steps) {
                timesteps[call.index()] = call.timestep();
            }
        }
        if (most != steps - 1) {
            throw new IllegalArgumentException(
                    "the run made " + (most + 1) + " calls, not " + steps);
        }
        return timesteps;
    }

    /** Of the branches that are recorded, the outermost first. */
    List<CachePlan> plans() {
        return plans;
    }

    CachePlan plan(int branch) {
        return plans.stream()
                .filter(plan -> plan.branch() == branch)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "branch " + branch + " was not recorded"));
    }

    /** The boundary of a branch through the run. */
    BoundaryTrace trace(int branch) {
        return traces.get(plans.indexOf(plan(branch)));
    }

    @Override
    public void close() {
        graph.close();
    }
}
