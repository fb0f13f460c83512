// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Self-attention between the pixels of a feature map, as diffusers' {@code Attention} is exported
 * (Ho et al. 2020, the blocks at 16 x 16): the linear layers become 1x1 convolutions, which need no
 * transposes.
 *
 * <pre>
 *   before:  x ─ Reshape ─ GroupNormalization ─ Transpose ─┬─ linear ─ heads (q) ─ MatMul ─ Softmax ─ MatMul ...
 *            [B,C,H,W]                          [B,P,C]    ├─ linear ─ heads (k) ──┘                   │
 *                                                          └─ linear ─ heads (v) ──────────────────────┘
 *            ... Transpose ─ Reshape [B,P,C] ─ linear ─ Transpose ─ Reshape [B,C,H,W]
 *   after:   x ─ PixelAttention
 * </pre>
 *
 * <p>P is H W; a linear is MatMul and Add; heads is Reshape to [B,P,heads,C/heads] and Transpose to
 * [B,heads,P,C/heads]. Follows {@link ScaledMatMulPattern}, which leaves {@code q k'} without
 * scales.
 */
final class PixelAttentionPattern implements Patterns.Rule {

    /** The transpose from [B,P,heads,depth] to [B,heads,P,depth] and back. */
    private static final List<Long> HEADS_FIRST = List.of(0L, 2L, 1L, 3L);

    /** MatMul and Add. */
    private record Linear(String source, String weights, String bias) {}

    /** The linear layer that a head's queries, keys or values come from, and their shape. */
    private record Heads(Linear linear, Shape split) {}

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("Reshape")) {
            return Optional.empty();
        }
        Optional<Linear> out =
                transposed(end.inputs().get(0), graph, List.of(0L, 2L, 1L))
                        .flatMap(tensor -> linear(tensor, graph));
        Optional<OnnxNode> mixture =
                out.flatMap(linear -> graph.soleProducer(linear.source(), "Reshape"))
                        .flatMap(join -> transposed(join.inputs().get(0), graph, HEADS_FIRST))
                        .flatMap(tensor -> graph.soleProducer(tensor, "MatMul"));
        Optional<OnnxNode> scores =
                mixture.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Softmax"))
                        .filter(softmax -> isOverLastAxis(softmax))
                        .flatMap(softmax -> product(softmax.inputs().get(0), graph));
        if (scores.isEmpty()) {
            return Optional.empty();
        }
        OnnxNode product = scores.get();
        boolean keysTransposed = product.attributes().getOrDefault("transB", 0L).equals(1L);
        Optional<Heads> q = heads(product.inputs().get(0), graph, HEADS_FIRST);
        Optional<Heads> k =
                heads(
                        product.inputs().get(1),
                        graph,
                        keysTransposed ? HEADS_FIRST : List.of(0L, 2L, 3L, 1L));
        Optional<Heads> v = heads(mixture.get().inputs().get(1), graph, HEADS_FIRST);
        if (q.isEmpty() || k.isEmpty() || v.isEmpty()) {
            return Optional.empty();
        }
        List<Linear> linears =
                List.of(q.get().linear(), k.get().linear(), v.get().linear(), out.get());
        boolean alike =
                q.get().split().equals(k.get().split()) && q.get().split().equals(v.get().split());
        return alike ? block(end, product, q.get().split(), linears, graph) : Optional.empty();
    }

    /** Checks what is around the attention. */
    private static Optional<OnnxNode> block(
            OnnxNode end, OnnxNode product, Shape split, List<Linear> linears, Patterns graph) {
        String pixels = linears.get(0).source();
        boolean sameSource =
                linears.subList(0, 3).stream().allMatch(l -> l.source().equals(pixels))
                        && graph.uses(pixels) == 3;
        Optional<OnnxNode> norm =
                graph.producer(pixels, "Transpose")
                        .filter(node -> List.of(0L, 2L, 1L).equals(node.attributes().get("perm")))
                        .flatMap(
                                node ->
                                        graph.soleProducer(
                                                node.inputs().get(0), "GroupNormalization"));
        Optional<OnnxNode> flatten =
                norm.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Reshape"));
        if (!sameSource || flatten.isEmpty()) {
            return Optional.empty();
        }
        String x = flatten.get().inputs().get(0);
        Shape image = graph.facts().shape(x);
        Shape flat = graph.facts().shape(flatten.get().output());
        if (image.rank() != 4) {
            return Optional.empty();
        }
        long channels = image.size(1);
        long count = image.size(2) * image.size(3);
        Shape square = Shape.of(channels, channels);
        boolean fits =
                flat.equals(Shape.of(image.size(0), channels, count))
                        && graph.facts().shape(end.output()).equals(image)
                        && graph.facts()
                                .shape(linears.get(3).source())
                                .equals(Shape.of(image.size(0), count, channels))
                        && split.size(0) == image.size(0)
                        && split.size(1) == count
                        && split.size(2) * split.size(3) == channels
                        && linears.stream()
                                .allMatch(l -> graph.facts().shape(l.weights()).equals(square))
                        && isPerChannel(norm.get(), channels, graph);
        if (!fits) {
            return Optional.empty();
        }
        List<String> inputs =
                new ArrayList<>(List.of(x, norm.get().inputs().get(1), norm.get().inputs().get(2)));
        linears.forEach(linear -> inputs.addAll(List.of(linear.weights(), linear.bias())));
        return Optional.of(
                Patterns.replacement(
                        end,
                        Patterns.PIXEL_ATTENTION,
                        inputs,
                        "num_groups",
                        norm.get().attributes().getOrDefault("num_groups", 0L),
                        "epsilon",
                        norm.get().attributes().getOrDefault("epsilon", 1e-5),
                        "heads",
                        split.size(2),
                        "alpha",
                        product.attributes().getOrDefault("alpha", 1.0)));
    }

    /** A group normalisation with a known scale and shift for every channel. */
    private static boolean isPerChannel(OnnxNode norm, long channels, Patterns graph) {
        return norm.attributes().getOrDefault("stash_type", 1L).equals(1L)
                && norm.inputs().subList(1, 3).stream()
                        .allMatch(
                                name ->
                                        graph.facts()
                                                .constant(name)
                                                .filter(array -> array.length() == channels)
                                                .isPresent());
    }

    /** The product of queries and keys; its left operand is not transposed. */
    private static Optional<OnnxNode> product(String tensor, Patterns graph) {
        return graph.soleProducer(tensor, "MatMul")
                .or(() -> graph.soleProducer(tensor, Patterns.SCALED_MATMUL))
                .filter(node -> node.attributes().getOrDefault("transA", 0L).equals(0L));
    }

    /** Without the attribute the axis depends on the opset. */
    private static boolean isOverLastAxis(OnnxNode softmax) {
        Object axis = softmax.attributes().get("axis");
        return Long.valueOf(-1).equals(axis) || Long.valueOf(3).equals(axis);
    }

    private static Optional<Heads> heads(String tensor, Patterns graph, List<Long> order) {
        Optional<OnnxNode> split =
                transposed(tensor, graph, order)
                        .flatMap(source -> graph.soleProducer(source, "Reshape"));
        return split.flatMap(reshape -> linear(reshape.inputs().get(0), graph))
                .map(linear -> new Heads(linear, graph.facts().shape(split.get().output())))
                .filter(heads -> heads.split().rank() == 4);
    }

    private static Optional<String> transposed(String tensor, Patterns graph, List<Long> order) {
        return graph.soleProducer(tensor, "Transpose")
                .filter(node -> order.equals(node.attributes().get("perm")))
                .map(node -> node.inputs().get(0));
    }

    private static Optional<Linear> linear(String tensor, Patterns graph) {
        Optional<OnnxNode> add = graph.soleProducer(tensor, "Add");
        for (int side = 0; side < 2 && add.isPresent(); side++) {
            String bias = add.get().inputs().get(1 - side);
            Optional<OnnxNode> product =
                    graph.soleProducer(add.get().inputs().get(side), "MatMul")
                            .filter(node -> isVector(bias, tensor, graph))
                            .filter(
                                    node ->
                                            graph.facts()
                                                    .constant(node.inputs().get(1))
                                                    .isPresent());
            if (product.isPresent()) {
                List<String> operands = product.get().inputs();
                return Optional.of(new Linear(operands.get(0), operands.get(1), bias));
            }
        }
        return Optional.empty();
    }

    private static boolean isVector(String bias, String tensor, Patterns graph) {
        return graph.facts()
                .constant(bias)
                .filter(array -> array.rank() == 1)
                .filter(array -> array.length() == graph.facts().shape(tensor).size(-1))
                .isPresent();
    }
}
