// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.MacCounter;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One resolution of a U-Net.
 *
 * @param sides height and width of its maps; their product alone where no map shows both
 * @param skips that are merged at this resolution, in branch order; the lowest level may have none
 * @param downMacs multiply-accumulates of convolutions and linear layers on the way down, the
 *     bottleneck included
 * @param upMacs the same on the way up
 */
public record Level(List<Long> sides, List<SkipConnection> skips, long downMacs, long upMacs) {

    public Level {
        sides = List.copyOf(sides);
        skips = List.copyOf(skips);
    }

    /** The levels, the outermost first. O(levels (nodes + edges)). */
    static List<Level> of(UNetAnatomy anatomy) {
        DataflowGraph graph = anatomy.graph();
        FeatureFlow flow = FeatureFlow.of(graph, anatomy.sample(), anatomy.output());
        BitSet full = anatomy.fullNodes();
        BitSet up = wayUp(anatomy, flow);
        MacCounter counter = MacCounter.of(graph);
        List<Level> levels = new ArrayList<>();
        for (double area : areas(graph, flow)) {
            BitSet here = new BitSet();
            full.stream()
                    .filter(node -> Resampling.same(flow.area(result(graph.node(node))), area))
                    .forEach(here::set);
            BitSet hereUp = (BitSet) here.clone();
            hereUp.and(up);
            here.andNot(up);
            List<SkipConnection> skips =
                    anatomy.skips().stream().filter(skip -> isAt(graph, flow, skip, area)).toList();
            levels.add(
                    new Level(
                            sides(graph, flow, area),
                            skips,
                            counter.count(here).weights(),
                            counter.count(hereUp).weights()));
        }
        return levels;
    }

    private static boolean isAt(
            DataflowGraph graph, FeatureFlow flow, SkipConnection skip, double area) {
        return Resampling.same(flow.area(result(graph.node(skip.merge()))), area);
    }

    /** Nodes behind an upsampling, or behind the deepest merge, which may come before any. */
    private static BitSet wayUp(UNetAnatomy anatomy, FeatureFlow flow) {
        DataflowGraph graph = anatomy.graph();
        SkipConnection deepest = anatomy.skips().get(anatomy.skips().size() - 1);
        BitSet up = graph.nodesAfter(result(graph.node(deepest.merge())));
        up.set(deepest.merge());
        for (Node node : graph.nodes()) {
            if (!flow.isBeforeUpsampling(result(node))) {
                up.set(node.id());
            }
        }
        return up;
    }

    /** The resolutions of maps on the way to the output, the largest first. */
    private static List<Double> areas(DataflowGraph graph, FeatureFlow flow) {
        List<Double> areas = new ArrayList<>();
        graph.nodes().stream()
                .filter(flow::isOnWay)
                .map(node -> flow.area(result(node)))
                .filter(area -> areas.stream().noneMatch(known -> Resampling.same(known, area)))
                .forEach(areas::add);
        areas.sort((one, other) -> Double.compare(other, one));
        return areas;
    }

    /** Read off the first map of four axes, in either layout. */
    private static List<Long> sides(DataflowGraph graph, FeatureFlow flow, double area) {
        for (Node node : graph.nodes()) {
            Shape shape = graph.value(result(node)).shape();
            if (flow.isOnWay(node) && flow.area(result(node)) == area && shape.rank() == 4) {
                for (int axis = 2; axis >= 1; axis--) {
                    if (shape.size(axis) * shape.size(axis + 1) == area) {
                        return List.of(shape.size(axis), shape.size(axis + 1));
                    }
                }
            }
        }
        return List.of(Math.round(area));
    }

    private static int result(Node node) {
        return node.outputs().get(0);
    }
}
