// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalisations: group, instance, layer and (inference) batch. */
final class NormalizationOps {

    private NormalizationOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "GroupNormalization", NormalizationOps::group,
                "InstanceNormalization", NormalizationOps::instance,
                "LayerNormalization", NormalizationOps::layer,
                "BatchNormalization", NormalizationOps::batch);
    }

    /** Opset 18 has a scale per group, opset 21 a scale per channel. */
    private static List<SDVariable> group(Emission e) {
        if (e.opset() < 21 && !e.node().attributes().containsKey(Patterns.PER_CHANNEL)) {
            throw e.refuse(
                    "opset 18's scale per group is not supported; export with opset 21 or later");
        }
        e.ignore(Patterns.PER_CHANNEL);
        e.requireInteger("stash_type", 1);
        return List.of(
                Composites.groupNorm(
                        e.in(0),
                        e.shape(0),
                        e.integer("num_groups", 0),
                        flat(e, 1),
                        flat(e, 2),
                        e.real("epsilon", 1e-5)));
    }

    private static List<SDVariable> instance(Emission e) {
        Shape shape = e.shape(0);
        return List.of(
                Composites.groupNorm(
                        e.in(0),
                        shape,
                        shape.size(1),
                        flat(e, 1),
                        flat(e, 2),
                        e.real("epsilon", 1e-5)));
    }

    /** Scales may come as [channels, 1, 1]; the composite takes [channels]. */
    private static SDVariable flat(Emission e, int operand) {
        return e.shape(operand).rank() == 1
                ? e.in(operand)
                : e.derived(operand, "flat", array -> array.reshape(array.length()));
    }

    private static List<SDVariable> layer(Emission e) {
        Shape shape = e.shape(0);
        int axis = e.axis("axis", -1, shape.rank());
        e.requireInteger("stash_type", 1);
        if (axis != shape.rank() - 1) {
            throw e.refuse(
                    "normalising over the axes from "
                            + axis
                            + " on is not supported, only over the last");
        }
        Shape width = Shape.of(shape.size(-1));
        for (int operand = 1; operand < 3; operand++) {
            if (e.has(operand) && !e.shape(operand).equals(width)) {
                throw e.refuse(
                        "a scale or shift of shape "
                                + e.shape(operand)
                                + " for an axis of size "
                                + width
                                + " is not supported");
            }
        }
        return List.of(
                Composites.layerNorm(
                        e.in(0),
                        shape,
                        e.in(1),
                        e.has(2) ? e.in(2) : null,
                        e.real("epsilon", 1e-5)));
    }

    private static List<SDVariable> batch(Emission e) {
        e.requireInteger("training_mode", 0);
        e.requireInteger("spatial", 1);
        e.ignore("momentum");
        double epsilon = e.real("epsilon", 1e-5);
        INDArray[] check = {
            e.fixed(1, "scale"), e.fixed(2, "B"), e.fixed(3, "mean"), e.fixed(4, "var")
        };
        if (check[0].length() != e.shape(0).size(1)) {
            throw e.refuse(
                    "scale has "
                            + check[0].length()
                            + " channels, the input has "
                            + e.shape(0).size(1));
        }
        return List.of(
                e.sameDiff()
                        .nn()
                        .batchNorm(e.in(0), e.in(3), e.in(4), e.in(1), e.in(2), epsilon, 1));
    }
}
