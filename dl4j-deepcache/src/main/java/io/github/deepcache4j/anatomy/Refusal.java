// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import java.util.ArrayList;
import java.util.List;

/** Says in whole sentences why a graph is not a U-Net that can be cut. */
final class Refusal {

    private final DataflowGraph graph;
    private final FeatureFlow flow;
    private final int sample;
    private final int output;

    Refusal(DataflowGraph graph, FeatureFlow flow, int sample, int output) {
        this.graph = graph;
        this.flow = flow;
        this.sample = sample;
        this.output = output;
    }

    /** Why there is no skip above the lowest level. */
    List<String> withoutSkips(List<Merge> merges) {
        String from = graph.value(sample).name();
        String to = graph.value(output).name();
        if (!flow.flows(output)) {
            return List.of(
                    "A U-Net computes its prediction from its sample; no feature map flows from "
                            + from
                            + " to "
                            + to
                            + ".");
        }
        double lowest = flow.lowestArea();
        if (!Resampling.lower(lowest, flow.area(sample))) {
            return List.of(
                    "A U-Net works at two or more resolutions; every feature map between "
                            + from
                            + " and "
                            + to
                            + " has that of the sample, "
                            + positions(flow.area(sample))
                            + ".");
        }
        String shrinks =
                "The feature maps shrink from "
                        + positions(flow.area(sample))
                        + " to "
                        + positions(lowest);
        long enlarging =
                graph.nodes().stream().filter(flow::isOnWay).filter(flow::isUpsampling).count();
        if (enlarging == 0) {
            return List.of(
                    shrinks
                            + ", and no operation enlarges them again; a U-Net has a decoder, this"
                            + " is an encoder or a classifier.");
        }
        return List.of(
                shrinks
                        + " and "
                        + (enlarging == 1
                                ? "1 operation enlarges"
                                : enlarging + " operations enlarge")
                        + " them again, but none of the "
                        + merges.size()
                        + " channel concatenations and additions of feature maps joins one made"
                        + " before the bottleneck with one that comes back from a lower"
                        + " resolution; without skips there is nothing to cut at.");
    }

    /** Why none of the merges that look like skips can be cut at. */
    List<String> withoutCuts(List<String> setAside) {
        List<String> reasons = new ArrayList<>();
        reasons.add("No merge that looks like a skip has a boundary that can be cached.");
        reasons.addAll(setAside);
        return reasons;
    }

    private static String positions(double area) {
        return Math.round(area) + " positions";
    }
}
