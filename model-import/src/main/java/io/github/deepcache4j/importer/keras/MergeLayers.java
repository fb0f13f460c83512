// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers that make one tensor of several. */
final class MergeLayers {

    private MergeLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "Add", call -> joined(call, "Add"),
                "Subtract", call -> joined(call, "Sub"),
                "Multiply", call -> joined(call, "Mul"),
                "Maximum", call -> joined(call, "Max"),
                "Minimum", call -> joined(call, "Min"),
                "Average", MergeLayers::average,
                "Concatenate", MergeLayers::concatenate,
                "Dot", MergeLayers::dot);
    }

    /**
     * One after another. Of tensors with fewer axes the missing ones come after the batch, not
     * before it as in NumPy (Merge.call in keras/src/layers/merging/base_merge.py).
     */
    private static List<KerasTensor> joined(LayerCall call, String operator) {
        List<KerasTensor> operands = call.inputs();
        if (operands.isEmpty()) {
            throw call.refuse("it is called with no tensors");
        }
        int rank = operands.stream().mapToInt(KerasTensor::rank).max().orElse(0);
        Elementwise elementwise = new Elementwise(call);
        KerasTensor result = elementwise.widened(operands.get(0), rank, 1);
        for (KerasTensor operand : operands.subList(1, operands.size())) {
            result = call.elementwise(operator, result, elementwise.widened(operand, rank, 1));
        }
        return List.of(result);
    }

    private static List<KerasTensor> average(LayerCall call) {
        KerasTensor sum = call.floating(joined(call, "Add").get(0));
        return List.of(call.elementwise("Mul", sum, call.scalar(1.0 / call.inputs().size())));
    }

    private static List<KerasTensor> concatenate(LayerCall call) {
        return List.of(call.concatenate(call.config().integer("axis", -1), call.inputs()));
    }

    /** Products along one axis of each, for each image of the batch (batch_dot in dot.py). */
    private static List<KerasTensor> dot(LayerCall call) {
        List<KerasTensor> inputs = call.inputs();
        List<Long> axes = call.config().integers("axes").orElse(List.of());
        boolean fits =
                inputs.size() == 2
                        && (axes.size() == 1 || axes.size() == 2)
                        && inputs.stream().allMatch(x -> x.rank() == 2 || x.rank() == 3);
        if (!fits) {
            throw call.refuse("this form of it is not supported (axes=" + axes + ")");
        }
        boolean normalize = call.config().flag("normalize", false);
        List<KerasTensor> operands = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            KerasTensor x = call.floating(inputs.get(i));
            int axis = call.axis(axes.get(axes.size() == 1 ? 0 : i), x.rank());
            if (axis == 0) {
                throw call.refuse("attribute axes=" + axes + " is not supported");
            }
            KerasTensor unit =
                    normalize ? NormalizationLayers.unit(call, x, List.of((long) axis)) : x;
            operands.add(matrix(call, unit, axis, i == 0));
        }
        KerasTensor product = Products.matMul(call, operands.get(0), operands.get(1));
        if (inputs.get(0).rank() == 2) {
            return List.of(call.shaped("Squeeze", 2, product, List.of(1L)));
        }
        return List.of(
                inputs.get(1).rank() == 2
                        ? call.shaped("Squeeze", 2, product, List.of(2L))
                        : product);
    }

    /** The summed axis last on the left, second on the right. */
    private static KerasTensor matrix(LayerCall call, KerasTensor x, int axis, boolean left) {
        if (x.rank() == 2) {
            return call.shaped("Unsqueeze", 3, x, List.of(left ? 1L : 2L));
        }
        boolean there = axis == (left ? 2 : 1);
        return there ? x : call.transpose(x, List.of(0L, 2L, 1L));
    }
}
