// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Optional;

/**
 * Exact GELU, x (1 + erf(x / sqrt 2)) / 2.
 *
 * <pre>
 *   before:  x ─┬─ Div 1.414 ─ Erf ─ Add 1 ─┐                  after:  x ─ Gelu
 *               └───────────────────────── Mul ─ Mul 0.5
 * </pre>
 */
final class GeluPattern implements Patterns.Rule {

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("Mul")) {
            return Optional.empty();
        }
        // half may be taken of the product, of x, or of 1 + erf; exporters differ
        return graph.scaled(end, "Mul", 0.5)
                .flatMap(product -> graph.soleProducer(product, "Mul"))
                .flatMap(product -> gated(product, graph))
                .or(() -> halfOperand(end, graph))
                .map(x -> Patterns.replacement(end, "Gelu", List.of(x)));
    }

    /** x, if the product is x (1 + erf(x / sqrt 2)). */
    private static Optional<String> gated(OnnxNode product, Patterns graph) {
        for (String gate : product.inputs()) {
            Optional<String> x = argument(gate, graph);
            if (x.isPresent() && x.get().equals(Patterns.otherOperand(product, gate))) {
                return x;
            }
        }
        return Optional.empty();
    }

    /** x, if the product is (x / 2) (1 + erf(x / sqrt 2)). */
    private static Optional<String> halfOperand(OnnxNode product, Patterns graph) {
        for (String gate : product.inputs()) {
            Optional<String> x = argument(gate, graph);
            String other = Patterns.otherOperand(product, gate);
            Optional<String> half =
                    other == null
                            ? Optional.empty()
                            : graph.soleProducer(other, "Mul")
                                    .flatMap(node -> graph.scaled(node, "Mul", 0.5));
            if (x.isPresent() && x.equals(half)) {
                return x;
            }
        }
        return Optional.empty();
    }

    /** x, if the tensor is 1 + erf(x / sqrt 2). */
    private static Optional<String> argument(String gate, Patterns graph) {
        Optional<OnnxNode> erf =
                graph.soleProducer(gate, "Add")
                        .flatMap(add -> graph.scaled(add, "Add", 1))
                        .flatMap(tensor -> graph.soleProducer(tensor, "Erf"));
        Optional<String> inner = erf.map(node -> node.inputs().get(0));
        return inner.flatMap(tensor -> graph.soleProducer(tensor, "Div"))
                .flatMap(div -> graph.scaled(div, "Div", Math.sqrt(2)))
                .or(
                        () ->
                                inner.flatMap(tensor -> graph.soleProducer(tensor, "Mul"))
                                        .flatMap(mul -> graph.scaled(mul, "Mul", Math.sqrt(0.5))));
    }
}
