// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Normalisations: group, instance, layer, root mean square, and (inference) batch. */
final class NormalizationOps {

    private NormalizationOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "GroupNormalization", NormalizationOps::group,
                "InstanceNormalization", NormalizationOps::instance,
                "LayerNormalization", NormalizationOps::layer,
                "RMSNormalization", NormalizationOps::rootMeanSquare,
                "BatchNormalization", NormalizationOps::batch);
    }

    /** Opset 18 has a scale per group, opset 21 a scale per channel. */
    private static List<SDVariable> group(Emission e) {
        requireFloat(e);
        boolean perChannel =
                e.opset() >= 21 || e.node().attributes().containsKey(Patterns.PER_CHANNEL);
        e.ignore(Patterns.PER_CHANNEL);
        e.requireInteger("stash_type", 1);
        long groups = e.integer("num_groups", 0);
        return List.of(
                Composites.groupNorm(
                        e.in(0),
                        e.shape(0),
                        groups,
                        perChannel ? flat(e, 1) : perChannel(e, 1, groups),
                        perChannel ? flat(e, 2) : perChannel(e, 2, groups),
                        e.real("epsilon", 1e-5)));
    }

    /** The composites' own constants are f32. */
    private static void requireFloat(Emission e) {
        e.requireType(0, DataType.FLOAT);
    }

    /** One number for each group, repeated for each of its channels. */
    private static SDVariable perChannel(Emission e, int operand, long groups) {
        long channels = e.shape(0).size(1);
        if (e.shape(operand).elements() != groups || channels % groups != 0) {
            throw e.refuse("a scale of shape " + e.shape(operand) + " for " + groups + " groups");
        }
        SDVariable column = e.reshape(e.in(operand), Shape.of(groups, 1));
        SDVariable table = Broadcasting.expand(e, column, Shape.of(groups, channels / groups));
        return e.reshape(table, Shape.of(channels));
    }

    private static List<SDVariable> instance(Emission e) {
        requireFloat(e);
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
        if (e.shape(operand).elements() != e.shape(0).size(1)) {
            throw e.refuse(
                    "a scale or shift of shape "
                            + e.shape(operand)
                            + " does not fit the channels of "
                            + e.shape(0));
        }
        return e.shape(operand).rank() == 1
                ? e.in(operand)
                : e.derived(operand, "flat", array -> array.reshape(array.length()));
    }

    /** Normalises over the axes from one on, as one axis. */
    private static List<SDVariable> layer(Emission e) {
        requireFloat(e);
        Shape shape = e.shape(0);
        int axis = e.axis("axis", -1, shape.rank());
        e.requireInteger("stash_type", 1);
        double epsilon = e.real("epsilon", 1e-5);
        boolean lastOnly = axis == shape.rank() - 1;
        Shape rows = lastOnly ? shape : matrix(shape, axis);
        SDVariable x = e.reshape(e.in(0), rows);
        SDVariable result =
                Composites.layerNorm(
                        x, rows, vector(e, 1, axis), e.has(2) ? vector(e, 2, axis) : null, epsilon);
        List<SDVariable> results = new ArrayList<>(List.of(e.reshape(result, shape)));
        if (e.wants(1) || e.wants(2)) {
            results.addAll(statistics(e, axis, epsilon));
        }
        return results;
    }

    private static Shape matrix(Shape shape, int axis) {
        long rows = new Shape(shape.sizes().subList(0, axis)).elements();
        return Shape.of(rows, shape.elements() / rows);
    }

    /** A scale or shift of the normalised axes, as a vector. */
    private static SDVariable vector(Emission e, int operand, int axis) {
        Shape normalized = new Shape(e.shape(0).sizes().subList(axis, e.shape(0).rank()));
        Shape given = e.shape(operand);
        if (!Broadcasting.of(e, given, normalized).equals(normalized)) {
            throw e.refuse(
                    "a scale or shift of shape "
                            + given
                            + " for axes of sizes "
                            + normalized
                            + " is not supported");
        }
        SDVariable whole = Broadcasting.expand(e, e.in(operand), normalized);
        return e.reshape(whole, Shape.of(normalized.elements()));
    }

    /** Mean and 1 / sqrt(variance + epsilon) of what was normalised together. */
    private static List<SDVariable> statistics(Emission e, int axis, double epsilon) {
        int[] axes = IntStream.range(axis, e.shape(0).rank()).toArray();
        SDVariable mean = AxisReduction.reduce(e, e.in(0), SDVariable::mean, true, axes);
        SDVariable off = e.in(0).sub(mean);
        SDVariable variance = AxisReduction.reduce(e, off.mul(off), SDVariable::mean, true, axes);
        return List.of(mean, e.sameDiff().math().sqrt(variance.add(epsilon)).rdiv(1));
    }

    /** x / sqrt(mean(x^2) + epsilon), scaled (Zhang and Sennrich 2019, eq. 4). */
    private static List<SDVariable> rootMeanSquare(Emission e) {
        e.requireFloating(0);
        int rank = e.shape(0).rank();
        int axis = e.axis("axis", -1, rank);
        e.requireInteger("stash_type", 1);
        int[] axes = IntStream.range(axis, rank).toArray();
        SDVariable x = e.in(0);
        SDVariable mean = AxisReduction.reduce(e, x.mul(x), SDVariable::mean, true, axes);
        SDVariable root = e.sameDiff().math().sqrt(mean.add(e.real("epsilon", 1e-5)));
        return List.of(x.div(root).mul(e.in(1)));
    }

    private static List<SDVariable> batch(Emission e) {
        requireFloat(e);
        e.requireInteger("training_mode", 0);
        e.requireInteger("spatial", 1);
        e.ignore("momentum");
        double epsilon = e.real("epsilon", 1e-5);
        Shape channels = Shape.of(e.shape(0).size(1));
        for (int operand = 1; operand <= 4; operand++) {
            if (!e.shape(operand).equals(channels)) {
                throw e.refuse(
                        "operand "
                                + operand
                                + " of shape "
                                + e.shape(operand)
                                + " for "
                                + channels
                                + " channels");
            }
        }
        return List.of(
                e.sameDiff()
                        .nn()
                        .batchNorm(e.in(0), e.in(3), e.in(4), e.in(1), e.in(2), epsilon, 1));
    }
}
