// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * By how much a resize stretches each axis.
 *
 * @param sizes of the result
 * @param scales as given, or as the sizes imply
 * @param starts of the region of interest, in [0, 1]; 0 unless given
 * @param ends of the region of interest, in [0, 1]; 1 unless given
 */
record ResizeFactors(
        List<Long> sizes, List<Double> scales, List<Double> starts, List<Double> ends) {

    ResizeFactors {
        sizes = List.copyOf(sizes);
        scales = List.copyOf(scales);
        starts = List.copyOf(starts);
        ends = List.copyOf(ends);
    }

    static ResizeFactors ofScales(Shape shape, List<Double> scales) {
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes.add((long) Math.floor(shape.size(axis) * scales.get(axis)));
        }
        return new ResizeFactors(sizes, scales, all(shape, 0), all(shape, 1));
    }

    /** Reads the operands {@code roi}, {@code scales} and {@code sizes}, and {@code axes}. */
    static ResizeFactors read(Emission e, Shape shape) {
        int rank = shape.rank();
        int[] axes =
                e.integers("axes")
                        .map(given -> given.stream().mapToInt(a -> e.normalize(a, rank)).toArray())
                        .orElse(IntStream.range(0, rank).toArray());
        List<Long> sizes = new ArrayList<>(shape.sizes());
        List<Double> scales = new ArrayList<>(all(shape, 1));
        String policy = e.text("keep_aspect_ratio_policy", "stretch");
        // an empty operand is how opset 11 leaves the scales out
        if (e.has(2) && e.shape(2).elements() > 0) {
            INDArray given = e.fixed(2, "scales");
            requireOneEach(e, "scales", given, axes);
            for (int i = 0; i < axes.length; i++) {
                double scale = given.getDouble(i);
                scales.set(axes[i], scale);
                sizes.set(axes[i], (long) Math.floor(shape.size(axes[i]) * scale));
            }
        } else {
            INDArray given = e.fixed(3, "sizes");
            requireOneEach(e, "sizes", given, axes);
            setSizes(e, shape, OnnxTensors.longs(given), axes, policy, sizes, scales);
        }
        List<Double> starts = new ArrayList<>(all(shape, 0));
        List<Double> ends = new ArrayList<>(all(shape, 1));
        if (e.has(1) && e.shape(1).elements() == 2L * axes.length) {
            double[] roi = e.fixed(1, "roi").castTo(DataType.DOUBLE).toDoubleVector();
            for (int i = 0; i < axes.length; i++) {
                starts.set(axes[i], roi[i]);
                ends.set(axes[i], roi[i + axes.length]);
            }
        }
        if (sizes.stream().anyMatch(size -> size < 1)) {
            throw e.refuse("resizing " + shape + " to " + sizes + " is not supported");
        }
        return new ResizeFactors(sizes, scales, starts, ends);
    }

    private static void requireOneEach(Emission e, String what, INDArray given, int[] axes) {
        if (given.length() != axes.length) {
            throw e.refuse(
                    what + " has " + given.length() + " values for " + axes.length + " axes");
        }
    }

    private static void setSizes(
            Emission e,
            Shape shape,
            List<Long> given,
            int[] axes,
            String policy,
            List<Long> sizes,
            List<Double> scales) {
        double[] each =
                IntStream.range(0, axes.length)
                        .mapToDouble(i -> (double) given.get(i) / shape.size(axes[i]))
                        .toArray();
        double common =
                switch (policy) {
                    case "stretch" -> Double.NaN;
                    case "not_larger" -> Arrays.stream(each).min().orElse(1);
                    case "not_smaller" -> Arrays.stream(each).max().orElse(1);
                    default ->
                            throw e.refuse(
                                    "attribute keep_aspect_ratio_policy="
                                            + policy
                                            + " is not supported");
                };
        for (int i = 0; i < axes.length; i++) {
            boolean own = Double.isNaN(common);
            scales.set(axes[i], own ? each[i] : common);
            sizes.set(
                    axes[i],
                    own ? given.get(i) : (long) Math.floor(common * shape.size(axes[i]) + 0.5));
        }
    }

    private static List<Double> all(Shape shape, double value) {
        return shape.sizes().stream().map(size -> value).toList();
    }

    long size(int axis) {
        return sizes.get(axis);
    }

    /** Whether an axis of that size comes out as it is. */
    boolean keeps(int axis, long size) {
        return sizes.get(axis) == size
                && scales.get(axis) == 1
                && starts.get(axis) == 0
                && ends.get(axis) == 1;
    }

    boolean isWhole(int axis, long size) {
        return scales.get(axis) >= 1
                && scales.get(axis) == Math.rint(scales.get(axis))
                && sizes.get(axis) == size * scales.get(axis);
    }
}
