// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Lowers functions of one element and arithmetic of two tensors. */
final class Elementwise {

    private Elementwise() {}

    static Optional<Activation> activation(Source source, Node node) {
        if (node.inputs().size() != 1 || !isFloat(source, node.inputs().get(0))) {
            return Optional.empty();
        }
        return switch (node.op()) {
            case "swish" -> Optional.of(Activation.SILU);
            case "sigmoid" -> Optional.of(Activation.SIGMOID);
            case "tanh" -> Optional.of(Activation.TANH);
            case "relu" ->
                    Scalars.of(source.function(node)) == 0
                            ? Optional.of(Activation.RELU)
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The result, or nothing if no step does this. */
    static Optional<Operand> lower(Lowering lowering, Node node) {
        Source source = lowering.source();
        Optional<Activation> activation = activation(source, node);
        if (activation.isPresent()) {
            return Optional.of(apply(lowering, activation.get(), node.inputs().get(0)));
        }
        BinaryKind kind =
                switch (node.op()) {
                    case "add", "add_scalar" -> BinaryKind.ADD;
                    case "subtract", "sub_scalar" -> BinaryKind.SUBTRACT;
                    case "multiply", "mul_scalar" -> BinaryKind.MULTIPLY;
                    case "divide", "div_scalar" -> BinaryKind.DIVIDE;
                    default -> null;
                };
        int result = node.outputs().get(0);
        if (kind == null || !isFloat(source, result)) {
            return Optional.empty();
        }
        if (node.inputs().size() == 1) {
            double number = Scalars.of(source.function(node));
            return Double.isNaN(number)
                    ? Optional.empty()
                    : binary(
                            lowering,
                            kind,
                            lowering.operand(node.inputs().get(0)),
                            lowering.builder().scalar(number),
                            source.shape(result));
        }
        if (node.inputs().size() != 2
                || node.inputs().stream().anyMatch(input -> !isFloat(source, input))) {
            return Optional.empty();
        }
        return binary(
                lowering,
                kind,
                lowering.operand(node.inputs().get(0)),
                lowering.operand(node.inputs().get(1)),
                source.shape(result));
    }

    static Operand apply(Lowering lowering, Activation activation, int value) {
        Operand input = lowering.builder().gapless(lowering.operand(value));
        Operand output = lowering.builder().create(input.type(), input.layout());
        lowering.builder().add(new Step.Apply(activation, input, output));
        return output;
    }

    private static boolean isFloat(Source source, int value) {
        return source.graph().value(value).type() == DataType.FLOAT;
    }

    private static Optional<Operand> binary(
            Lowering lowering, BinaryKind kind, Operand first, Operand second, Shape shape) {
        boolean commutes = kind == BinaryKind.ADD || kind == BinaryKind.MULTIPLY;
        boolean swap =
                commutes
                        && second.shape().equals(shape)
                        && (!first.shape().equals(shape)
                                || !first.layout().isGapless() && second.layout().isGapless());
        Operand whole = swap ? second : first;
        Operand other = swap ? first : second;
        if (!whole.shape().equals(shape) || other.layout().rank() > shape.rank()) {
            return Optional.empty();
        }
        ProgramBuilder builder = lowering.builder();
        DataType type = lowering.typeOf(whole, other);
        Operand left = builder.gapless(lowering.as(type, whole));
        Operand right =
                other.shape().equals(shape)
                        ? builder.copied(lowering.as(type, other), type, left.layout())
                        : builder.gapless(expand(other, shape.rank()));
        Operand output = builder.create(type, left.layout());
        builder.add(new Step.Binary(kind, left, right, List.of(), output));
        return Optional.of(output);
    }

    /** With leading axes of size 1, as ND4J broadcasts. */
    private static Operand expand(Operand operand, int rank) {
        List<Long> sizes = new ArrayList<>(Collections.nCopies(rank - operand.layout().rank(), 1L));
        sizes.addAll(operand.layout().sizes());
        return operand.with(operand.layout().reshape(new Shape(sizes)).orElseThrow());
    }
}
