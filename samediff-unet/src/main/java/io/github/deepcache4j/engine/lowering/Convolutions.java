// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lowers {@code conv2d}. Integer arguments in ND4J's order: kernel, stride, padding and dilation,
 * each height then width; padding mode (0 explicit, 1 same); layout (0 NCHW, 1 NHWC); weights (0
 * YXIO, 1 OIYX, 2 OYXI).
 */
final class Convolutions {

    private static final int MODE = 8;
    private static final int CHANNELS_LAST = 9;
    private static final int WEIGHTS = 10;

    private Convolutions() {}

    /** Whether it has constant weights, no dilation, and explicit or same padding. */
    static boolean fits(Source source, Node node) {
        return node.integers().size() >= 10
                && source.constant(node.inputs().get(1)) != null
                && source.graph().value(node.inputs().get(0)).type() == DataType.FLOAT
                && (node.inputs().size() < 3 || source.constant(node.inputs().get(2)) != null)
                && node.integers().get(6) == 1
                && node.integers().get(7) == 1
                && node.integers().get(MODE) <= 1;
    }

    /** Zeros that a node of their own puts around the input, if the convolution adds none. */
    static Optional<Node> padding(Source source, Node conv) {
        int input = conv.inputs().get(0);
        int stage = source.stage(conv);
        return source.producer(input, "pad", stage)
                .filter(pad -> source.onlyReader(input, stage).isPresent())
                .filter(pad -> pad.integers().equals(List.of(0L)) && source.real(pad, 0, 0) == 0)
                .filter(pad -> amounts(source, pad) != null)
                .filter(
                        pad ->
                                conv.integers().get(MODE) == 0
                                        && conv.integers().get(4) == 0
                                        && conv.integers().get(5) == 0
                                        && conv.integers().get(CHANNELS_LAST) == 0);
    }

    /** Zeros as height before, after, width before, after; null if other axes get some. */
    private static long @org.jspecify.annotations.Nullable [] amounts(Source source, Node pad) {
        INDArray table = pad.inputs().size() == 2 ? source.constant(pad.inputs().get(1)) : null;
        if (table == null || table.length() != 8) {
            return null;
        }
        long[] all = table.dup('c').reshape(8).toLongVector();
        return all[0] == 0 && all[1] == 0 && all[2] == 0 && all[3] == 0
                ? new long[] {all[4], all[5], all[6], all[7]}
                : null;
    }

    static Operand lower(Lowering lowering, Unit unit) {
        Node conv = Objects.requireNonNull(unit.anchor());
        Source source = lowering.source();
        Node pad = unit.nodes().stream().filter(n -> n.op().equals("pad")).findFirst().orElse(null);
        boolean last = source.integer(conv, CHANNELS_LAST) == 1;
        Operand given = lowering.activation((pad == null ? conv : pad).inputs().get(0));
        Operand input = channelsLast(lowering, last ? given.permute(List.of(0, 3, 1, 2)) : given);
        Operand weights = weights(lowering, conv);
        Shape shape = source.shape(conv.outputs().get(0));
        Shape out =
                last ? Shape.of(shape.size(0), shape.size(3), shape.size(1), shape.size(2)) : shape;
        Operand output =
                lowering.builder().create(lowering.computeType(), Layout.channelsLast(out));
        long[] zeros = pad == null ? zeros(conv, input.shape(), out) : amounts(source, pad);
        Objects.requireNonNull(zeros);
        lowering.builder()
                .add(
                        new Step.Convolution(
                                input,
                                weights,
                                conv.inputs().size() < 3
                                        ? null
                                        : lowering.value(conv.inputs().get(2)),
                                conv.integers().subList(2, 4),
                                List.of(zeros[0], zeros[2]),
                                List.of(zeros[1], zeros[3]),
                                lowering.postOps(
                                        unit,
                                        operand ->
                                                last
                                                        ? operand.permute(List.of(0, 3, 1, 2))
                                                        : operand,
                                        output.layout()),
                                output));
        return last ? output.permute(List.of(0, 2, 3, 1)) : output;
    }

    static Operand channelsLast(Lowering lowering, Operand operand) {
        return lowering.builder()
                .copied(operand, operand.type(), Layout.channelsLast(operand.shape()));
    }

    private static Operand weights(Lowering lowering, Node conv) {
        Operand weights = lowering.value(conv.inputs().get(1));
        long format = conv.integers().size() > WEIGHTS ? conv.integers().get(WEIGHTS) : 0;
        return switch ((int) format) {
            case 0 -> weights.permute(List.of(3, 2, 0, 1));
            case 1 -> weights;
            default -> weights.permute(List.of(0, 3, 1, 2));
        };
    }

    /** Padding of the convolution itself; "same" puts the odd zero behind, as TensorFlow does. */
    private static long[] zeros(Node conv, Shape in, Shape out) {
        long[] zeros = new long[4];
        for (int axis = 0; axis < 2; axis++) {
            long kernel = conv.integers().get(axis);
            long stride = conv.integers().get(2 + axis);
            long needed = (out.size(2 + axis) - 1) * stride + kernel - in.size(2 + axis);
            long before =
                    conv.integers().get(MODE) == 1
                            ? Math.max(0, needed) / 2
                            : conv.integers().get(4 + axis);
            zeros[2 * axis] = before;
            zeros[2 * axis + 1] = Math.max(0, needed - before);
        }
        return zeros;
    }
}
