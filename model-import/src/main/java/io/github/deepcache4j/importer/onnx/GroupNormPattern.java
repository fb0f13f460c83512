// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Group normalisation as PyTorch exports it before opset 21: the groups are the channels of an
 * instance normalisation without scale, the real scale and shift follow.
 *
 * <pre>
 *   before:  x ─ Reshape ─ InstanceNormalization ─ Reshape ─ Mul ─ Add      after:  x ─ GroupNormalization
 *            [N, G, -1]    (ones, zeros)           [N, C, ...]  gamma  beta
 * </pre>
 */
final class GroupNormPattern implements Patterns.Rule {

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("Add")) {
            return Optional.empty();
        }
        for (int side = 0; side < 2; side++) {
            Optional<OnnxNode> mul = graph.soleProducer(end.inputs().get(side), "Mul");
            String beta = end.inputs().get(1 - side);
            if (mul.isPresent()) {
                for (int inner = 0; inner < 2; inner++) {
                    String normal = mul.get().inputs().get(inner);
                    String gamma = mul.get().inputs().get(1 - inner);
                    Optional<OnnxNode> found = match(end, normal, gamma, beta, graph);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<OnnxNode> match(
            OnnxNode end, String normal, String gamma, String beta, Patterns graph) {
        Optional<OnnxNode> back = graph.soleProducer(normal, "Reshape");
        Optional<OnnxNode> instance =
                back.flatMap(
                        node -> graph.soleProducer(node.inputs().get(0), "InstanceNormalization"));
        Optional<OnnxNode> reshape =
                instance.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Reshape"));
        if (reshape.isEmpty()
                || !isFilledWith(graph, instance.get().inputs().get(1), 1)
                || !isFilledWith(graph, instance.get().inputs().get(2), 0)) {
            return Optional.empty();
        }
        String x = reshape.get().inputs().get(0);
        Shape shape = graph.facts().shape(x);
        Shape grouped = graph.facts().shape(reshape.get().output());
        boolean fits =
                graph.facts().shape(back.get().output()).equals(shape)
                        && grouped.rank() == 3
                        && grouped.size(0) == shape.size(0)
                        && shape.size(1) % grouped.size(1) == 0
                        && isPerChannel(graph, gamma, shape)
                        && isPerChannel(graph, beta, shape);
        double epsilon = (double) instance.get().attributes().getOrDefault("epsilon", 1e-5);
        return fits
                ? Optional.of(
                        Patterns.replacement(
                                end,
                                "GroupNormalization",
                                List.of(x, gamma, beta),
                                "num_groups",
                                grouped.size(1),
                                "epsilon",
                                epsilon,
                                Patterns.PER_CHANNEL,
                                1L))
                : Optional.empty();
    }

    private static boolean isFilledWith(Patterns graph, String tensor, double value) {
        Optional<INDArray> array = graph.facts().constant(tensor);
        return array.isPresent() && array.get().eq(value).all();
    }

    /** [channels, 1, ...], aligned at the end with [batch, channels, ...]. */
    private static boolean isPerChannel(Patterns graph, String tensor, Shape shape) {
        return graph.facts()
                .constant(tensor)
                .map(
                        array ->
                                array.length() == shape.size(1)
                                        && array.rank() >= shape.rank() - 1
                                        && array.size(array.rank() - shape.rank() + 1)
                                                == shape.size(1))
                .orElse(false);
    }
}
