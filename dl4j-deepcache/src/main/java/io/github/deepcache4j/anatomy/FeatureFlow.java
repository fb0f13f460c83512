// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * How feature maps flow from the noisy sample to the output: the area (see {@link Resampling}) of
 * every value that descends from the sample, and which edges carry a map along.
 *
 * <p>Only resampling operations change an area; a reshape to {@code [batch, tokens, channels]} and
 * back, a group norm's reshape or a permutation keep it. An operand of lower area that is merely
 * broadcast or contracted into a larger map (squeeze-and-excitation, pooled keys and values of an
 * attention) modulates the map and is no way along which it flows.
 */
final class FeatureFlow {

    private final DataflowGraph graph;
    private final double[] area;
    private final double[] lowestPassed;
    private final List<List<Integer>> followed = new ArrayList<>();
    private final BitSet beforeUpsampling = new BitSet();
    private final BitSet upsampling = new BitSet();
    private final BitSet onWay = new BitSet();

    private FeatureFlow(DataflowGraph graph) {
        this.graph = graph;
        this.area = new double[graph.values().size()];
        this.lowestPassed = new double[graph.values().size()];
    }

    /** The flow from {@code sample} to {@code output}, both value ids. O(nodes + edges). */
    static FeatureFlow of(DataflowGraph graph, int sample, int output) {
        FeatureFlow flow = new FeatureFlow(graph);
        flow.area[sample] = flow.sampleArea(sample);
        flow.lowestPassed[sample] = flow.area[sample];
        flow.beforeUpsampling.set(sample);
        graph.nodes().forEach(flow::visit);
        flow.markWay(output);
        return flow;
    }

    /** Positions of a map; 0 for a value that does not descend from the sample. */
    double area(int value) {
        return area[value];
    }

    boolean flows(int value) {
        return area[value] > 0;
    }

    /** The smallest area on any way from the sample to this value. */
    double lowestPassed(int value) {
        return lowestPassed[value];
    }

    /** True if no way from the sample to this value enlarges a map: encoder and lowest level. */
    boolean isBeforeUpsampling(int value) {
        return beforeUpsampling.get(value);
    }

    /** True if a map that enters this node leaves it larger. */
    boolean isUpsampling(Node node) {
        return upsampling.get(node.id());
    }

    /** True if a map flows through this node on its way from the sample to the output. */
    boolean isOnWay(Node node) {
        return onWay.get(node.id());
    }

    /** Operands along which maps flow into this node. */
    List<Integer> followed(Node node) {
        return followed.get(node.id());
    }

    /** Smallest area on the way from the sample to the output. */
    double lowestArea() {
        return onWay.stream()
                .mapToDouble(node -> area(graph.node(node).outputs().get(0)))
                .min()
                .orElse(0);
    }

    /** Place in the order of computation; the sample comes first. */
    int age(int value) {
        return graph.producer(value).map(Node::id).orElse(-1);
    }

    /** Values that flow into a value, and itself. O(nodes + edges). */
    BitSet ancestors(int value) {
        BitSet found = new BitSet();
        found.set(value);
        for (int n = age(value); n >= 0; n--) {
            if (graph.node(n).outputs().stream().anyMatch(found::get)) {
                followed(graph.node(n)).forEach(found::set);
            }
        }
        return found;
    }

    /**
     * Values made before any upsampling from which a value is reached without leaving the area of
     * {@code level}, and where the way there leaves them.
     *
     * @param avoided a value that no way may pass
     */
    BitSet ownSources(int value, double level, int avoided) {
        BitSet sources = new BitSet();
        BitSet seen = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            int next = open.pop();
            if (next == avoided || seen.get(next) || !Resampling.same(area[next], level)) {
                continue;
            }
            seen.set(next);
            if (isBeforeUpsampling(next)) {
                sources.set(next);
            } else {
                graph.producer(next).ifPresent(node -> open.addAll(followed(node)));
            }
        }
        return sources;
    }

    /**
     * The layout of the sample is not known; the first convolution that it reaches tells its area.
     * Without one, channels come first.
     */
    private double sampleArea(int sample) {
        BitSet after = graph.nodesAfter(sample);
        for (Node node : graph.nodes()) {
            if (after.get(node.id()) && Resampling.inputArea(graph, node).isPresent()) {
                return Resampling.inputArea(graph, node).getAsDouble();
            }
        }
        Value value = graph.value(sample);
        return (double) value.shape().elements() / value.shape().size(0) / value.shape().size(1);
    }

    private void visit(Node node) {
        List<Integer> flowing = node.inputs().stream().distinct().filter(this::flows).toList();
        if (Resampling.isResampling(graph, node)) {
            flowing = flowing.stream().filter(node.inputs().get(0)::equals).toList();
        }
        if (flowing.isEmpty()) {
            followed.add(List.of());
            return;
        }
        double result = flowing.stream().mapToDouble(this::area).max().orElseThrow();
        if (Resampling.isResampling(graph, node)) {
            result = Resampling.outputArea(graph, node, result);
        } else {
            double largest = result;
            flowing = flowing.stream().filter(in -> carries(node, in, largest)).toList();
        }
        followed.add(flowing);
        double passed = result;
        boolean before = true;
        for (int in : flowing) {
            passed = Math.min(passed, lowestPassed[in]);
            before &= isBeforeUpsampling(in);
            if (Resampling.lower(area[in], result)) {
                upsampling.set(node.id());
            }
        }
        for (int output : node.outputs()) {
            // Shapes and indices are no maps: shape_of(sample) does not carry the sample along.
            if (graph.value(output).type().isFPType()) {
                area[output] = result;
                lowestPassed[output] = passed;
                beforeUpsampling.set(output, before && !upsampling.get(node.id()));
            }
        }
    }

    /**
     * A smaller operand of another shape is broadcast or contracted, not joined position by
     * position.
     */
    private boolean carries(Node node, int input, double largest) {
        return Resampling.same(area[input], largest)
                || node.op().equals("concat")
                || graph.value(input).shape().equals(graph.value(node.outputs().get(0)).shape());
    }

    private void markWay(int output) {
        BitSet wanted = new BitSet();
        wanted.set(output);
        for (int n = graph.nodes().size() - 1; n >= 0; n--) {
            Node node = graph.node(n);
            if (node.outputs().stream().anyMatch(v -> wanted.get(v) && flows(v))) {
                onWay.set(n);
                followed(node).forEach(wanted::set);
            }
        }
    }
}
