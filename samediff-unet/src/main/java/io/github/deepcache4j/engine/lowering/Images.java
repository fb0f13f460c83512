// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Lowers upsampling, concatenation and softmax. */
final class Images {

    private Images() {}

    static Optional<Operand> lower(Lowering lowering, Node node) {
        boolean floats =
                node.inputs().stream()
                        .allMatch(
                                input ->
                                        lowering.source().graph().value(input).type()
                                                == DataType.FLOAT);
        if (!floats) {
            return Optional.empty();
        }
        return switch (node.op()) {
            case "upsampling2d" -> upsample(lowering, node);
            case "concat" -> concat(lowering, node);
            case "softmax" -> softmax(lowering, node);
            default -> Optional.empty();
        };
    }

    /** Integer arguments: factors of height and width, 1 for NCHW. */
    private static Optional<Operand> upsample(Lowering lowering, Node node) {
        if (node.integers().size() < 2) {
            return Optional.empty();
        }
        boolean last = node.integers().size() > 2 && node.integers().get(2) == 0;
        Operand given = lowering.activation(node.inputs().get(0));
        Operand input =
                Convolutions.channelsLast(
                        lowering, last ? given.permute(List.of(0, 3, 1, 2)) : given);
        Shape in = input.shape();
        long height = node.integers().get(0);
        long width = node.integers().get(1);
        Operand output =
                lowering.builder()
                        .create(
                                lowering.computeType(),
                                Layout.channelsLast(
                                        Shape.of(
                                                in.size(0),
                                                in.size(1),
                                                in.size(2) * height,
                                                in.size(3) * width)));
        lowering.builder().add(new Step.Upsample(input, height, width, output));
        return Optional.of(last ? output.permute(List.of(0, 2, 3, 1)) : output);
    }

    private static Optional<Operand> concat(Lowering lowering, Node node) {
        if (node.integers().size() != 1
                || node.inputs().size() < 2
                || node.integers().get(0) < -lowering.source().shape(node.inputs().get(0)).rank()) {
            return Optional.empty();
        }
        Shape shape = lowering.source().shape(node.outputs().get(0));
        int axis = Math.floorMod(node.integers().get(0).intValue(), shape.rank());
        List<Operand> given = node.inputs().stream().map(lowering::operand).toList();
        DataType type = lowering.typeOf(given);
        Layout layout = given.get(0).layout().gapless(shape);
        Operand output = lowering.builder().create(type, layout);
        lowering.builder()
                .add(
                        new Step.Concat(
                                given.stream()
                                        .map(
                                                part ->
                                                        lowering.builder()
                                                                .copied(
                                                                        lowering.as(type, part),
                                                                        type,
                                                                        layout.gapless(
                                                                                part.shape())))
                                        .toList(),
                                axis,
                                output));
        return Optional.of(output);
    }

    private static Optional<Operand> softmax(Lowering lowering, Node node) {
        Operand given = lowering.activation(node.inputs().get(0));
        int rank = given.layout().rank();
        long axis = node.integers().isEmpty() ? -1 : node.integers().get(0);
        if (rank < 2 || Math.floorMod(axis, (long) rank) != rank - 1) {
            return Optional.empty();
        }
        Operand input = lowering.builder().dense(given);
        Operand output = lowering.builder().create(lowering.computeType(), input.layout());
        lowering.builder().add(new Step.Softmax(input, output));
        return Optional.of(output);
    }
}
