// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How one axis is resized: where in the operand each element of the result lies, and which elements
 * it is made of. Formulas as in the definition of the ONNX operator {@code Resize}.
 */
final class Resampling {

    /**
     * Attributes of {@code Resize}.
     *
     * @param kind {@code nearest}, {@code linear} or {@code cubic}
     * @param coordinates {@code coordinate_transformation_mode}
     * @param nearest {@code nearest_mode}
     * @param cubicCoefficient a of the cubic kernel (Keys 1981)
     * @param excludeOutside whether elements outside the operand have no weight; else the outermost
     *     ones are repeated
     */
    record Mode(
            String kind,
            String coordinates,
            String nearest,
            double cubicCoefficient,
            boolean excludeOutside) {

        private static final List<String> ROUNDINGS =
                List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

        static Mode read(Emission e) {
            Mode mode =
                    new Mode(
                            e.text("mode", "nearest"),
                            e.text("coordinate_transformation_mode", "half_pixel"),
                            e.text("nearest_mode", "round_prefer_floor"),
                            e.real("cubic_coeff_a", -0.75),
                            e.integer("exclude_outside", 0) == 1);
            e.requireInteger("antialias", 0);
            e.ignore("extrapolation_value");
            if (!List.of("nearest", "linear", "cubic").contains(mode.kind)) {
                throw e.refuse("attribute mode=" + mode.kind + " is not supported");
            }
            if (!ROUNDINGS.contains(mode.nearest)) {
                throw e.refuse("attribute nearest_mode=" + mode.nearest + " is not supported");
            }
            if (mode.isNearest() && mode.coordinates.equals("half_pixel_symmetric")) {
                // ONNX Runtime rounds places between two pixels otherwise than the definition does
                throw e.refuse(
                        "coordinate_transformation_mode=half_pixel_symmetric with mode=nearest is not"
                                + " supported");
            }
            return mode;
        }

        boolean isNearest() {
            return kind.equals("nearest");
        }
    }

    private final long size;
    private final double[] places;
    private final Mode mode;

    private Resampling(long size, double[] places, Mode mode) {
        this.size = size;
        this.places = places;
        this.mode = mode;
    }

    static Resampling of(Emission e, long size, ResizeFactors factors, int axis, Mode mode) {
        long result = factors.size(axis);
        double[] places =
                LongStream.range(0, result)
                        .mapToDouble(i -> place(e, i, size, factors, axis, mode.coordinates()))
                        .toArray();
        return new Resampling(size, places, mode);
    }

    /**
     * Where in the operand an element of the result lies. In f32, as ONNX Runtime does it: which of
     * two pixels is the nearest may depend on the last digit.
     */
    private static double place(
            Emission e, long i, long size, ResizeFactors factors, int axis, String coordinates) {
        float scale = factors.scales().get(axis).floatValue();
        long result = factors.size(axis);
        float halfPixel = (i + 0.5f) / scale - 0.5f;
        return switch (coordinates) {
            case "asymmetric" -> i / scale;
            case "half_pixel" -> halfPixel;
            case "pytorch_half_pixel" -> result > 1 ? halfPixel : 0;
            case "half_pixel_symmetric" -> {
                float adjustment = result / (scale * size);
                yield size / 2f * (1 - adjustment) + halfPixel;
            }
            case "align_corners" -> {
                if (Math.abs(scale * size - result) > 1e-4) {
                    // the definition divides by scale * size - 1, ONNX Runtime by result - 1
                    throw e.refuse(
                            "coordinate_transformation_mode=align_corners with a scale of "
                                    + scale
                                    + " that gives no whole size is not supported");
                }
                yield result == 1 ? 0 : i * (size - 1f) / (result - 1f);
            }
            case "tf_half_pixel_for_nn" -> (i + 0.5f) / scale;
            case "tf_crop_and_resize" -> inRegion(e, i, size, factors, axis);
            default ->
                    throw e.refuse(
                            "attribute coordinate_transformation_mode="
                                    + coordinates
                                    + " is not supported");
        };
    }

    private static double inRegion(Emission e, long i, long size, ResizeFactors factors, int axis) {
        double start = factors.starts().get(axis);
        double end = factors.ends().get(axis);
        long result = factors.size(axis);
        double place =
                result > 1
                        ? start * (size - 1) + i * (end - start) * (size - 1) / (result - 1)
                        : 0.5 * (start + end) * (size - 1);
        if (place < 0 || place > size - 1) {
            throw e.refuse("a region of interest beyond the tensor (roi) is not supported");
        }
        return place;
    }

    /** For each element of the result, the element of the operand nearest to its place. */
    List<Long> nearestPixels() {
        return Arrays.stream(places).mapToLong(this::nearest).boxed().toList();
    }

    private long nearest(double place) {
        double rounded =
                switch (mode.nearest()) {
                    case "floor" -> Math.floor(place);
                    case "ceil" -> Math.ceil(place);
                    case "round_prefer_ceil" -> Math.floor(place + 0.5);
                    default -> Math.ceil(place - 0.5);
                };
        return Math.max(0, Math.min(size - 1, (long) rounded));
    }

    /**
     * The weight of each element of the operand in each of the result, {@code [result, operand]}.
     */
    INDArray weights() {
        double[][] weights = new double[places.length][Math.toIntExact(size)];
        for (int i = 0; i < places.length; i++) {
            long floor = (long) Math.floor(places[i]);
            int reach = mode.kind().equals("cubic") ? 2 : 1;
            double total = 0;
            for (long j = floor - reach + 1; j <= floor + reach; j++) {
                boolean inside = j >= 0 && j < size;
                if (inside || !mode.excludeOutside()) {
                    double weight = kernel(Math.abs(places[i] - j));
                    weights[i][(int) Math.max(0, Math.min(size - 1, j))] += weight;
                    total += weight;
                }
            }
            for (int j = 0; j < size; j++) {
                weights[i][j] /= total;
            }
        }
        return Nd4j.createFromArray(weights);
    }

    /** The weight at a distance; triangle, or Keys's cubic convolution (1981, eq. 4). */
    private double kernel(double distance) {
        if (!mode.kind().equals("cubic")) {
            return Math.max(0, 1 - distance);
        }
        double a = mode.cubicCoefficient();
        if (distance <= 1) {
            return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
        }
        return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
    }
}
