// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Optional;

/**
 * SiLU, x * sigmoid(x).
 *
 * <pre>
 *   before:  x ─┬─ Sigmoid ─┐          after:  x ─ Silu
 *               └───────────┴─ Mul
 * </pre>
 */
final class SiluPattern implements Patterns.Rule {

    @Override
    public Optional<OnnxNode> match(OnnxNode end, Patterns graph) {
        if (!end.qualifiedOp().equals("Mul")) {
            return Optional.empty();
        }
        for (String gate : end.inputs()) {
            Optional<OnnxNode> sigmoid = graph.producer(gate, "Sigmoid");
            String x = Patterns.otherOperand(end, gate);
            if (sigmoid.isPresent() && sigmoid.get().inputs().get(0).equals(x)) {
                return Optional.of(Patterns.replacement(end, Patterns.SILU, List.of(x)));
            }
        }
        return Optional.empty();
    }
}
