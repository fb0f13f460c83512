// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Lowers matrix products: linear layers ({@code tensordot} or {@code matmul} with a constant
 * matrix) as one product of all rows, and batched products of activations, such as attention.
 */
final class Products {

    private Products() {}

    static boolean fits(Source source, Node node) {
        boolean floats =
                node.inputs().size() == 2
                        && node.inputs().stream()
                                .allMatch(i -> source.graph().value(i).type() == DataType.FLOAT);
        if (!floats) {
            return false;
        }
        Shape left = source.shape(node.inputs().get(0));
        Shape right = source.shape(node.inputs().get(1));
        if (isTensorProduct(node)) {
            return right.rank() == 2
                    && node.integers().equals(List.of(1L, left.rank() - 1L, 1L, 0L));
        }
        return left.rank() >= 2
                && left.rank() == right.rank()
                && left.sizes()
                        .subList(0, left.rank() - 2)
                        .equals(right.sizes().subList(0, left.rank() - 2))
                && node.integers().size() <= 3
                && (node.integers().size() < 3 || node.integers().get(2) == 0)
                && source.real(node, 1, 0) == 0;
    }

    private static boolean isTensorProduct(Node node) {
        return node.op().startsWith("tensor");
    }

    /** Whether one constant matrix meets all rows. */
    static boolean isLinear(Source source, Node node) {
        return (isTensorProduct(node) || node.op().equals("matmul") || node.op().equals("mmul"))
                && source.shape(node.inputs().get(1)).rank() == 2
                && source.constant(node.inputs().get(1)) != null
                && (isTensorProduct(node) || !flag(node, 0));
    }

    static Operand lower(Lowering lowering, Unit unit) {
        Node node = Objects.requireNonNull(unit.anchor());
        return isLinear(lowering.source(), node)
                ? linear(lowering, unit, node)
                : batched(lowering, unit, node);
    }

    private static Operand linear(Lowering lowering, Unit unit, Node node) {
        ProgramBuilder builder = lowering.builder();
        Operand given = lowering.activation(node.inputs().get(0));
        long inner = given.layout().size(-1);
        Shape shape = lowering.source().shape(unit.result());
        Operand rows = builder.reshape(given, Shape.of(given.shape().elements() / inner, inner));
        Operand weights = lowering.value(node.inputs().get(1));
        if (!isTensorProduct(node) && flag(node, 1)) {
            weights = weights.permute(List.of(1, 0));
        }
        Operand bias = unit.bias() < 0 ? null : vector(lowering, unit.bias());
        long columns = weights.layout().size(1);
        long width = columns / unit.parts();
        if (unit.part() >= 0) {
            weights = weights.slice(1, unit.part() * width, width);
            // A bias added behind the split is that of the part alone, as onnxsim leaves q, k and
            // v.
            if (bias != null && bias.shape().elements() == columns) {
                bias = bias.slice(0, unit.part() * width, width);
            }
        }
        Shape flat = Shape.of(rows.layout().size(0), width);
        Operand output = builder.create(lowering.computeType(), Layout.dense(flat));
        UnaryOperator<Operand> flatten = operand -> builder.reshape(operand, flat);
        builder.add(
                new Step.Product(
                        rows,
                        weights,
                        bias,
                        scale(lowering, node),
                        lowering.postOps(unit, flatten, output.layout()),
                        output));
        return output.with(Layout.dense(shape));
    }

    private static Operand vector(Lowering lowering, int value) {
        Operand bias = lowering.value(value);
        return bias.with(Layout.dense(Shape.of(bias.shape().elements())));
    }

    private static Operand batched(Lowering lowering, Unit unit, Node node) {
        Operand left = lowering.activation(node.inputs().get(0));
        Operand right = lowering.activation(node.inputs().get(1));
        Shape shape = lowering.source().shape(node.outputs().get(0));
        Operand output =
                lowering.builder()
                        .create(lowering.computeType(), resultLayout(lowering, node, shape));
        Operand rows = flag(node, 0) ? transposed(left) : left;
        Operand columns = flag(node, 1) ? transposed(right) : right;
        // what is stored column by column is the transposed product of the transposed matrices
        boolean turned = output.layout().stride(-2) == 1 && output.layout().stride(-1) != 1;
        lowering.builder()
                .add(
                        new Step.Product(
                                turned ? transposed(columns) : rows,
                                turned ? transposed(rows) : columns,
                                null,
                                scale(lowering, node),
                                lowering.postOps(unit, operand -> operand, output.layout()),
                                turned ? transposed(output) : output));
        return output;
    }

    /**
     * The layout in which the only reader of the product finds it, so that no element moves: dense
     * behind the transpose that joins the heads of an attention, or channels-last behind the
     * reshape that makes it an image again.
     */
    private static Layout resultLayout(Lowering lowering, Node node, Shape shape) {
        Source source = lowering.source();
        return source.onlyReader(node.outputs().get(0), source.stage(node))
                .filter(next -> next.inputs().size() == 1)
                .flatMap(
                        next ->
                                switch (next.op()) {
                                    case "permute" -> Optional.of(beforePermute(next, shape));
                                    case "reshape" -> beforeImage(source, next, shape);
                                    default -> Optional.empty();
                                })
                .orElseGet(() -> Layout.dense(shape));
    }

    private static Layout beforePermute(Node permute, Shape shape) {
        List<Integer> axes = permute.integers().stream().map(Long::intValue).toList();
        Shape after = new Shape(axes.stream().map(shape.sizes()::get).toList());
        return Layout.dense(after)
                .permute(IntStream.range(0, axes.size()).mapToObj(axes::indexOf).toList());
    }

    private static Optional<Layout> beforeImage(Source source, Node reshape, Shape shape) {
        int image = reshape.outputs().get(0);
        return source.onlyReader(image, source.stage(reshape))
                .filter(next -> next.op().equals("conv2d") && source.shape(image).rank() == 4)
                .flatMap(next -> Layout.channelsLast(source.shape(image)).reshape(shape));
    }

    private static double scale(Lowering lowering, Node node) {
        return isTensorProduct(node) ? 1 : lowering.source().real(node, 0, 1);
    }

    private static boolean flag(Node node, int argument) {
        return node.integers().size() > argument && node.integers().get(argument) != 0;
    }

    private static Operand transposed(Operand operand) {
        int rank = operand.layout().rank();
        List<Integer> axes =
                IntStream.range(0, rank)
                        .mapToObj(axis -> axis < rank - 2 ? axis : 2 * rank - 3 - axis)
                        .toList();
        return operand.permute(axes);
    }
}
