// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Lowers what only looks at the same memory in another way: no step at all, as far as possible. */
final class Views {

    private Views() {}

    /** The results, or nothing if the node computes. */
    static Optional<List<Operand>> lower(Lowering lowering, Node node) {
        Source source = lowering.source();
        if (node.inputs().isEmpty()) {
            return Optional.empty();
        }
        Shape shape = source.shape(node.outputs().get(0));
        boolean sameType =
                source.graph().value(node.inputs().get(0)).type()
                        == source.graph().value(node.outputs().get(0)).type();
        return switch (node.op()) {
            case "identity", "stop_gradient", "old_identity", "noop" ->
                    Optional.of(List.of(lowering.operand(node.inputs().get(0))));
            case "cast" ->
                    sameType
                            ? Optional.of(List.of(lowering.operand(node.inputs().get(0))))
                            : Optional.empty();
            case "reshape", "squeeze", "expand_dims", "flatten_2d" ->
                    Optional.of(
                            List.of(
                                    lowering.builder()
                                            .reshape(
                                                    lowering.operand(node.inputs().get(0)),
                                                    shape)));
            case "permute", "transpose" -> permute(lowering, node).map(List::of);
            case "split" -> split(lowering, node);
            case "unstack" -> unstack(lowering, node);
            case "strided_slice" -> slice(lowering, node, shape).map(List::of);
            default -> Optional.empty();
        };
    }

    private static Optional<Operand> permute(Lowering lowering, Node node) {
        Operand operand = lowering.operand(node.inputs().get(0));
        List<Integer> axes = node.integers().stream().map(Long::intValue).toList();
        int rank = operand.layout().rank();
        if (node.inputs().size() == 1 && axes.isEmpty() && node.op().equals("transpose")) {
            axes = IntStream.range(0, rank).mapToObj(axis -> rank - 1 - axis).toList();
        }
        return node.inputs().size() == 1 && axes.size() == rank
                ? Optional.of(operand.permute(axes))
                : Optional.empty();
    }

    private static Optional<List<Operand>> split(Lowering lowering, Node node) {
        if (node.inputs().size() != 1 || node.integers().size() != 2) {
            return Optional.empty();
        }
        Operand operand = lowering.operand(node.inputs().get(0));
        int axis = Math.floorMod(node.integers().get(1).intValue(), operand.layout().rank());
        long size = operand.layout().size(axis) / node.outputs().size();
        List<Operand> parts = new ArrayList<>();
        for (int part = 0; part < node.outputs().size(); part++) {
            parts.add(operand.slice(axis, part * size, size));
        }
        return Optional.of(parts);
    }

    /** Integer arguments: axis, then the number of parts. */
    private static Optional<List<Operand>> unstack(Lowering lowering, Node node) {
        if (node.inputs().size() != 1 || node.integers().isEmpty()) {
            return Optional.empty();
        }
        Operand operand = lowering.operand(node.inputs().get(0));
        int axis = Math.floorMod(node.integers().get(0).intValue(), operand.layout().rank());
        return Optional.of(
                IntStream.range(0, node.outputs().size())
                        .mapToObj(part -> operand.slice(axis, part, 1).without(axis))
                        .toList());
    }

    /** Integer arguments: five masks, then begin, end and stride of every axis. */
    private static Optional<Operand> slice(Lowering lowering, Node node, Shape shape) {
        Operand operand = lowering.operand(node.inputs().get(0));
        int rank = operand.layout().rank();
        List<Long> all = node.integers();
        if (node.inputs().size() != 1
                || all.size() != 5 + 3 * rank
                || all.subList(0, 5).stream().anyMatch(mask -> mask != 0)
                || all.subList(5 + 2 * rank, 5 + 3 * rank).stream().anyMatch(s -> s != 1)
                || shape.rank() != rank) {
            return Optional.empty();
        }
        Operand part = operand;
        for (int axis = 0; axis < rank; axis++) {
            long begin = all.get(5 + axis);
            if (begin < 0) {
                return Optional.empty();
            }
            part = part.slice(axis, begin, shape.size(axis));
        }
        return Optional.of(part);
    }
}
