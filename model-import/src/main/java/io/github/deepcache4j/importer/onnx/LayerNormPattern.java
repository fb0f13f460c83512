// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layer normalisation over the last axis as PyTorch exports it before opset 17.
 *
 * <pre>
 *   before:  x ─┬─ ReduceMean ─┐                                        after:  x ─ LayerNormalization
 *               └──────────── Sub ─┬─ Pow 2 ─ ReduceMean ─ Add eps ─ Sqrt ─┐
 *                                  └────────────────────────────────────── Div ─ Mul gamma ─ Add beta
 * </pre>
 */
final class LayerNormPattern implements Patterns.Rule {

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("Add")) {
            return Optional.empty();
        }
        Optional<OnnxNode> mul = graph.soleProducer(end.inputs().get(0), "Mul");
        Optional<OnnxNode> div =
                mul.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Div"));
        Optional<OnnxNode> sub = div.flatMap(node -> graph.producer(node.inputs().get(0), "Sub"));
        Optional<OnnxNode> sqrt =
                div.flatMap(node -> graph.soleProducer(node.inputs().get(1), "Sqrt"));
        Optional<OnnxNode> add =
                sqrt.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Add"));
        Optional<OnnxNode> variance =
                add.flatMap(node -> graph.soleProducer(node.inputs().get(0), "ReduceMean"));
        Optional<OnnxNode> pow =
                variance.flatMap(node -> graph.soleProducer(node.inputs().get(0), "Pow"));
        Optional<OnnxNode> mean =
                sub.flatMap(node -> graph.soleProducer(node.inputs().get(1), "ReduceMean"));
        if (pow.isEmpty() || mean.isEmpty()) {
            return Optional.empty();
        }
        String x = sub.get().inputs().get(0);
        String gamma = mul.get().inputs().get(1);
        String beta = end.inputs().get(1);
        Optional<Double> epsilon = graph.scalar(add.get().inputs().get(1));
        boolean fits =
                mean.get().inputs().get(0).equals(x)
                        && pow.get().inputs().get(0).equals(sub.get().output())
                        && graph.scalar(pow.get().inputs().get(1)).equals(Optional.of(2.0))
                        && overLastAxis(mean.get(), graph, x)
                        && overLastAxis(variance.get(), graph, x)
                        && epsilon.isPresent()
                        && isVector(graph, gamma, x)
                        && isVector(graph, beta, x);
        return fits
                ? Optional.of(
                        Patterns.replacement(
                                end,
                                "LayerNormalization",
                                List.of(x, gamma, beta),
                                "epsilon",
                                epsilon.get()))
                : Optional.empty();
    }

    private static boolean overLastAxis(OnnxNode reduce, Patterns graph, String x) {
        long last = graph.facts().shape(x).rank() - 1;
        Object axes =
                reduce.inputs().size() > 1
                        ? graph.facts()
                                .constant(reduce.inputs().get(1))
                                .map(OnnxTensors::longs)
                                .orElse(List.of())
                        : reduce.attributes().getOrDefault("axes", List.of());
        boolean keeps = reduce.attributes().getOrDefault("keepdims", 1L).equals(1L);
        return keeps && (axes.equals(List.of(-1L)) || axes.equals(List.of(last)));
    }

    private static boolean isVector(Patterns graph, String tensor, String x) {
        Optional<INDArray> array = graph.facts().constant(tensor);
        return array.isPresent()
                && array.get().rank() == 1
                && array.get().length() == graph.facts().shape(x).size(-1);
    }
}
