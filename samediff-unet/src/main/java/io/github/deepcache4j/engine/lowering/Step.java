// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;

/**
 * One operation of a program. Shapes are frozen; every operand is a view of a buffer.
 *
 * <p>Layouts are part of the contract: activations of convolutions are channels-last, operands of
 * elementwise steps have one gapless layout, matrices may be strided.
 */
public sealed interface Step {

    Operand output();

    /** All that it reads. */
    Stream<Operand> inputs();

    /** Operands of the post-ops. */
    private static Stream<Operand> operands(List<PostOp> after) {
        return after.stream()
                .filter(PostOp.Combine.class::isInstance)
                .map(op -> ((PostOp.Combine) op).operand());
    }

    private static Stream<Operand> present(@Nullable Operand... operands) {
        return Stream.of(operands).filter(java.util.Objects::nonNull).map(o -> o);
    }

    /**
     * 2-D convolution of a channels-last tensor.
     *
     * @param weights {@code [out, in, height, width]}, constant, of any layout
     * @param bias {@code [out]}
     * @param strides height, width
     * @param before zeros before height and width
     * @param after zeros behind them
     */
    record Convolution(
            Operand input,
            Operand weights,
            @Nullable Operand bias,
            List<Long> strides,
            List<Long> before,
            List<Long> after,
            List<PostOp> then,
            Operand output)
            implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.concat(present(input, weights, bias), operands(then));
        }
    }

    /**
     * Product of matrices, one for each place of the leading axes: {@code [..., m, k] x [..., k,
     * n]}.
     *
     * @param bias {@code [n]}
     * @param scale factor on the product
     */
    record Product(
            Operand left,
            Operand right,
            @Nullable Operand bias,
            double scale,
            List<PostOp> then,
            Operand output)
            implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.concat(present(left, right, bias), operands(then));
        }
    }

    /**
     * Group normalisation of {@code input + offset} over {@code [n, c, ...]}, channels-last.
     *
     * @param offset {@code [n, c]}, such as a time embedding that is added in front of the norm
     * @param gamma scale {@code [c]}
     * @param beta shift {@code [c]}
     */
    record GroupNorm(
            Operand input,
            @Nullable Operand offset,
            Operand gamma,
            Operand beta,
            long groups,
            double epsilon,
            @Nullable Activation then,
            Operand output)
            implements Step {
        @Override
        public Stream<Operand> inputs() {
            return present(input, offset, gamma, beta);
        }
    }

    /** Layer normalisation over the last axis of {@code [rows, width]}. */
    record LayerNorm(Operand input, Operand gamma, Operand beta, double epsilon, Operand output)
            implements Step {
        @Override
        public Stream<Operand> inputs() {
            return present(input, gamma, beta);
        }
    }

    /** Softmax over the last axis. */
    record Softmax(Operand input, Operand output) implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.of(input);
        }
    }

    /** A function of every element. */
    record Apply(Activation activation, Operand input, Operand output) implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.of(input);
        }
    }

    /** Arithmetic; the right operand may have size 1 where it is the same along an axis. */
    record Binary(BinaryKind kind, Operand left, Operand right, List<PostOp> then, Operand output)
            implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.concat(Stream.of(left, right), operands(then));
        }
    }

    /** Tensors behind one another along an axis. */
    record Concat(List<Operand> parts, int axis, Operand output) implements Step {
        @Override
        public Stream<Operand> inputs() {
            return parts.stream();
        }
    }

    /** Every pixel repeated, channels-last. */
    record Upsample(Operand input, long height, long width, Operand output) implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.of(input);
        }
    }

    /** Moves elements into another layout or type. */
    record Copy(Operand input, Operand output) implements Step {
        @Override
        public Stream<Operand> inputs() {
            return Stream.of(input);
        }
    }

    /**
     * Any other operation, as ND4J runs it, on dense operands.
     *
     * @param function its own clone of the graph's operation
     * @param outputs all its results; the first is {@link #output}
     */
    record Nd4jCall(
            String name,
            DifferentialFunction function,
            List<Operand> operands,
            List<Operand> outputs)
            implements Step {
        @Override
        public Operand output() {
            return outputs.get(0);
        }

        @Override
        public Stream<Operand> inputs() {
            return operands.stream();
        }
    }

    /** All that it writes. */
    default List<Operand> results() {
        return this instanceof Nd4jCall call ? call.outputs() : List.of(output());
    }
}
