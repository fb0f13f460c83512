// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/** Elementwise non-linearities, and softmax. */
final class ActivationOps {

    private ActivationOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Sigmoid", e -> List.of(e.sameDiff().nn().sigmoid(e.in(0)))),
                Map.entry("Tanh", e -> List.of(e.sameDiff().nn().tanh(e.in(0)))),
                Map.entry("Relu", e -> List.of(e.sameDiff().nn().relu(e.in(0), 0))),
                Map.entry("Erf", e -> List.of(e.sameDiff().math().erf(e.in(0)))),
                Map.entry("Gelu", ActivationOps::gelu),
                Map.entry("Softmax", ActivationOps::softmax),
                Map.entry(Patterns.SILU, e -> List.of(Composites.silu(e.in(0)))));
    }

    private static List<SDVariable> gelu(Emission e) {
        e.requireText("approximate", "none");
        return List.of(Composites.gelu(e.in(0)));
    }

    /**
     * Before opset 13 softmax flattened the tensor into a matrix at its axis (default 1); since
     * then it has one axis.
     */
    private static List<SDVariable> softmax(Emission e) {
        int rank = e.shape(0).rank();
        int axis = e.axis("axis", e.opset() < 13 ? 1 : -1, rank);
        if (e.opset() < 13 && axis != rank - 1) {
            throw e.refuse(
                    "softmax over the axes from " + axis + " on (opset < 13) is not supported");
        }
        return List.of(e.sameDiff().nn().softmax(e.in(0), axis));
    }
}
