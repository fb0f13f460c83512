// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.anatomy.SkipConnection.Kind;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A node that joins maps position by position: a concatenation along the channels, or an addition
 * of equal shapes.
 *
 * @param operands the operands that descend from the sample, each once; at least two
 */
record Merge(Node node, Kind kind, List<Integer> operands, double area) {

    Merge {
        operands = List.copyOf(operands);
    }

    /** The merge that a node is; empty if it is none. */
    static Optional<Merge> of(DataflowGraph graph, FeatureFlow flow, Node node) {
        Optional<Kind> kind = kind(node.op());
        List<Integer> operands = flow.followed(node);
        if (kind.isEmpty() || operands.size() < 2 || !flow.isOnWay(node)) {
            return Optional.empty();
        }
        int output = node.outputs().get(0);
        Shape shape = graph.value(output).shape();
        boolean joins =
                kind.get() == Kind.CONCAT
                        ? isAlongChannels(node, shape, flow.area(output))
                        : shape.rank() >= 3
                                && operands.stream()
                                        .allMatch(in -> graph.value(in).shape().equals(shape));
        return joins
                ? Optional.of(new Merge(node, kind.get(), operands, flow.area(output)))
                : Optional.empty();
    }

    /**
     * The axes other than the batch and the joined one must hold the positions of the map: true for
     * the channel axis in either layout, false for a concatenation of rows, tokens or heads.
     */
    private static boolean isAlongChannels(Node node, Shape shape, double area) {
        if (node.integers().isEmpty() || shape.rank() < 3) {
            return false;
        }
        long axis = node.integers().get(0);
        axis = axis < 0 ? axis + shape.rank() : axis;
        return axis > 0
                && axis < shape.rank()
                && Resampling.same(
                        (double) shape.elements() / shape.size(0) / shape.size((int) axis), area);
    }

    private static Optional<Kind> kind(String op) {
        return switch (op) {
            case "concat" -> Optional.of(Kind.CONCAT);
            case "add", "mergeadd", "mergesum" -> Optional.of(Kind.ADD);
            default -> Optional.empty();
        };
    }
}
