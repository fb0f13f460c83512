// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A product of activations, as in attention, with the scales and the last transpose of its operands
 * taken into it.
 *
 * <pre>
 *   before:  q ─ Mul s ─────────────────┐               after:  q ─┬─ ScaledMatMul (alpha = s s, transB)
 *            k ─ Transpose ─ Mul s ─ MatMul                     k ─┘
 * </pre>
 */
final class ScaledMatMulPattern implements Patterns.Rule {

    /** An operand without its scale and without a swap of its last two axes. */
    private record Operand(String tensor, double scale, boolean transposed) {}

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("MatMul")) {
            return Optional.empty();
        }
        String left = end.inputs().get(0);
        String right = end.inputs().get(1);
        Shape a = graph.facts().shape(left);
        Shape b = graph.facts().shape(right);
        boolean activations =
                graph.facts().constant(left).isEmpty() && graph.facts().constant(right).isEmpty();
        if (!activations || a.rank() != b.rank() || a.rank() < 3) {
            return Optional.empty();
        }
        Operand q = plain(left, graph);
        Operand k = plain(right, graph);
        if (q.tensor().equals(left) && k.tensor().equals(right)) {
            return Optional.empty();
        }
        return Optional.of(
                Patterns.replacement(
                        end,
                        Patterns.SCALED_MATMUL,
                        List.of(q.tensor(), k.tensor()),
                        "alpha",
                        q.scale() * k.scale(),
                        "transA",
                        q.transposed() ? 1L : 0L,
                        "transB",
                        k.transposed() ? 1L : 0L));
    }

    private static Operand plain(String operand, Patterns graph) {
        String tensor = operand;
        double scale = 1;
        Optional<OnnxNode> mul = graph.soleProducer(tensor, "Mul");
        if (mul.isPresent()) {
            Optional<Double> factor = graph.scalar(mul.get().inputs().get(1));
            String scaled = mul.get().inputs().get(0);
            if (factor.isPresent()
                    && graph.facts().shape(scaled).equals(graph.facts().shape(tensor))) {
                scale = factor.get();
                tensor = scaled;
            }
        }
        String unscaled = tensor;
        Optional<String> source =
                untransposed(unscaled, graph).or(() -> unbatched(unscaled, graph));
        return new Operand(source.orElse(tensor), scale, source.isPresent());
    }

    /** The source of a swap of the last two axes. */
    private static Optional<String> untransposed(String tensor, Patterns graph) {
        return graph.soleProducer(tensor, "Transpose")
                .filter(transpose -> swapsLastTwo(transpose, graph))
                .map(transpose -> transpose.inputs().get(0));
    }

    /**
     * The same where the batch axes are merged for the swap: {@code [b, h, t, d] - [bh, t, d] -
     * [bh, d, t] - [b, h, d, t]}.
     */
    private static Optional<String> unbatched(String tensor, Patterns graph) {
        Optional<OnnxNode> split = graph.soleProducer(tensor, "Reshape");
        Optional<String> merged =
                split.flatMap(reshape -> untransposed(reshape.inputs().get(0), graph));
        Optional<OnnxNode> merge = merged.flatMap(source -> graph.soleProducer(source, "Reshape"));
        if (merge.isEmpty()) {
            return Optional.empty();
        }
        String source = merge.get().inputs().get(0);
        Shape from = graph.facts().shape(source);
        Shape to = graph.facts().shape(tensor);
        Shape inner = graph.facts().shape(merge.get().output());
        int batches = from.rank() - 2;
        boolean swap =
                batches > 0
                        && to.rank() == from.rank()
                        && from.sizes().subList(0, batches).equals(to.sizes().subList(0, batches))
                        && inner.size(-2) == from.size(-2)
                        && inner.size(-1) == from.size(-1)
                        && to.size(-2) == from.size(-1)
                        && to.size(-1) == from.size(-2);
        return swap ? Optional.of(source) : Optional.empty();
    }

    private static boolean swapsLastTwo(OnnxNode transpose, Patterns graph) {
        int rank = graph.facts().shape(transpose.output()).rank();
        if (!(transpose.attributes().get("perm") instanceof List<?> order)) {
            return false;
        }
        for (int axis = 0; axis < rank - 2; axis++) {
            if (!order.get(axis).equals((long) axis)) {
                return false;
            }
        }
        return order.get(rank - 2).equals(rank - 1L) && order.get(rank - 1).equals(rank - 2L);
    }
}
