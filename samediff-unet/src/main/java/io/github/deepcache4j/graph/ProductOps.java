// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The ND4J operations that multiply and accumulate, and how many times each does: one formula per
 * operation. Operand and integer argument orders are those of ND4J 1.0.0-M2.1.
 */
final class ProductOps {

    private static final List<String> PRODUCT_NAMES =
            List.of("conv", "dot", "matmul", "mmul", "gemm", "attention", "lstm", "gru", "linear");

    private ProductOps() {}

    /** True if the name of an operation sounds like a product. */
    static boolean soundsLikeProduct(String op) {
        return PRODUCT_NAMES.stream().anyMatch(op.toLowerCase(Locale.ROOT)::contains);
    }

    /** Places of the two factors among the operands. */
    static int[] factors(Node node) {
        // alpha, beta, all left matrices, all right matrices
        return node.op().equals("batched_gemm")
                ? new int[] {2, node.inputs().size() - 1}
                : new int[] {0, 1};
    }

    /** Multiply-accumulates of a node; empty if its operation is none of these. */
    static OptionalLong macs(DataflowGraph graph, Node node) {
        Operands operands = new Operands(graph, node);
        long output = graph.value(node.outputs().get(0)).shape().elements();
        return switch (node.op()) {
            case "conv1d" -> OptionalLong.of(output * operands.weightsPerOutput(1, 6));
            case "conv2d" -> OptionalLong.of(output * operands.weightsPerOutput(1, 10));
            case "pointwise_conv2d" -> OptionalLong.of(output * operands.weightsPerOutput(1, 1));
            case "depthwise_conv2d" ->
                    OptionalLong.of(output * operands.integer(0) * operands.integer(1));
            case "sconv2d" -> OptionalLong.of(separable(operands, output));
            // Each input element meets each weight of its channel once, whatever the stride;
            // weights are [kH,kW,oC,iC], [iC,oC,kH,kW] or [iC,kH,kW,oC].
            case "deconv2d" ->
                    OptionalLong.of(
                            operands.shape(0).elements() * operands.weightsPerOutput(1, 10));
            case "matmul", "mmul" -> OptionalLong.of(output * matmulLength(operands));
            // transposeA, transposeB, M, N, K, three leading dimensions, batch
            case "batched_gemm" ->
                    OptionalLong.of(
                            operands.integer(2)
                                    * operands.integer(3)
                                    * operands.integer(4)
                                    * operands.integer(8));
            // queries [batch, features, q], keys and values [batch, features, t]: scores, then
            // mixture
            case "dot_product_attention" ->
                    OptionalLong.of(
                            (operands.shape(0).elements() + output) * operands.shape(1).size(-1));
            case "tensordot", "tensormmul" -> OptionalLong.of(output * tensorLength(operands));
            case "xw_plus_b", "relu_layer" -> {
                long columns = graph.value(node.outputs().get(0)).shape().size(-1);
                yield OptionalLong.of(output * (operands.shape(1).elements() / columns));
            }
            default -> OptionalLong.empty();
        };
    }

    /** Depthwise [kH,kW,iC,m], then, if it is there, pointwise [1,1,iC*m,oC]. */
    private static long separable(Operands operands, long output) {
        if (operands.node.inputs().size() < 3 || operands.shape(2).rank() != 4) {
            return output * operands.integer(0) * operands.integer(1);
        }
        long pointwise = operands.weightsPerOutput(2, 10);
        long channels = operands.shape(2).elements() / pointwise;
        return output / channels * operands.shape(1).elements() + output * pointwise;
    }

    private static long matmulLength(Operands operands) {
        Shape left = operands.shape(0);
        boolean transposed = !operands.node.integers().isEmpty() && operands.integer(0) != 0;
        return left.size(transposed && left.rank() > 1 ? -2 : -1);
    }

    /** Integer arguments are [count, axes of x ..., count, axes of y ...]. */
    private static long tensorLength(Operands operands) {
        long length = 1;
        for (int a = 1; a <= operands.integer(0); a++) {
            length *= operands.shape(0).size((int) operands.integer(a));
        }
        return length;
    }

    /** Shapes of the operands and integer arguments of one node. */
    private record Operands(DataflowGraph graph, Node node) {

        Shape shape(int operand) {
            return graph.value(node.inputs().get(operand)).shape();
        }

        long integer(int argument) {
            return node.integers().get(argument);
        }

        /**
         * Elements of a convolution weight per output channel: kernel size times input channels of
         * the group. Output channels are the last axis in the weight format 0 (TensorFlow's), the
         * first in the formats 1 and 2.
         */
        long weightsPerOutput(int operand, int formatArgument) {
            List<Long> integers = node.integers();
            boolean first = integers.size() > formatArgument && integers.get(formatArgument) != 0;
            return shape(operand).elements() / shape(operand).size(first ? 0 : -1);
        }
    }
}
