// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
        if (axis == rank - 1) {
            return List.of(e.sameDiff().nn().softmax(e.in(0), axis));
        }
        // M2.1 computes wrong numbers over inner axes of a tensor of rank 4
        int[] swap = IntStream.range(0, rank).toArray();
        swap[axis] = rank - 1;
        swap[rank - 1] = axis;
        SDVariable last = e.sameDiff().permute(e.in(0), swap);
        return List.of(e.sameDiff().permute(e.sameDiff().nn().softmax(last, rank - 1), swap));
    }
}
