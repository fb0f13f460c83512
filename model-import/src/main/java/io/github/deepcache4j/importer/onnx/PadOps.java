// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Padding with a constant, or with elements of the tensor itself, axis by axis: then an element of
 * the result is an element of the operand, and the padding is a gather. Negative widths crop.
 */
final class PadOps {

    private PadOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Pad", PadOps::pad);
    }

    private static List<SDVariable> pad(Emission e) {
        int rank = e.shape(0).rank();
        List<Long> given =
                e.has(1) ? e.fixedLongs(1, "pads") : e.integers("pads").orElse(List.of());
        List<Long> axes =
                e.has(3) ? e.fixedLongs(3, "axes") : LongStream.range(0, rank).boxed().toList();
        if (given.size() != 2 * axes.size()) {
            throw e.refuse("pads=" + given + " of " + axes.size() + " axes is not supported");
        }
        long[] before = new long[rank];
        long[] after = new long[rank];
        for (int i = 0; i < axes.size(); i++) {
            int axis = e.normalize(axes.get(i), rank);
            before[axis] = given.get(i);
            after[axis] = given.get(i + axes.size());
        }
        String mode = e.text("mode", "constant");
        return List.of(
                switch (mode) {
                    case "constant" -> withValue(e, before, after);
                    case "reflect", "edge", "wrap" -> withOwnElements(e, mode, before, after);
                    default -> throw e.refuse("attribute mode=" + mode + " is not supported");
                });
    }

    private static SDVariable withValue(Emission e, long[] before, long[] after) {
        double given = e.real("value", 0);
        if (!e.has(2)) {
            return withConstant(e, e.in(0), before, after, given);
        }
        if (e.constant(2).isPresent()) {
            double value = e.fixed(2, "constant_value").getDouble(0);
            return withConstant(e, e.in(0), before, after, value);
        }
        // the value is computed at run time: it replaces the zeros where there is padding
        SDVariable inside =
                withConstant(
                        e,
                        Broadcasting.expand(e, e.scalar(DataType.INT, 1), e.shape(0)),
                        before,
                        after,
                        0);
        SDVariable padded = withConstant(e, e.in(0), before, after, 0);
        return Broadcasting.select(e, inside.gt(0), padded, e.in(2));
    }

    /** Negative widths crop first; what is cropped is never seen again. */
    static SDVariable withConstant(
            Emission e, SDVariable x, long[] before, long[] after, double value) {
        SDVariable cropped = crop(e, x, before, after);
        INDArray widths = Nd4j.create(DataType.LONG, before.length, 2);
        boolean none = true;
        for (int axis = 0; axis < before.length; axis++) {
            widths.putScalar(axis, 0, Math.max(0, before[axis]));
            widths.putScalar(axis, 1, Math.max(0, after[axis]));
            none &= before[axis] <= 0 && after[axis] <= 0;
        }
        if (none) {
            return cropped;
        }
        SDVariable constant = e.newConstant("pads", widths);
        return e.sameDiff().nn().pad(cropped, constant, PadMode.CONSTANT, value);
    }

    private static SDVariable crop(Emission e, SDVariable x, long[] before, long[] after) {
        Shape shape = e.shape(x);
        long[] begin = new long[before.length];
        long[] end = shape.toArray();
        boolean none = true;
        for (int axis = 0; axis < before.length; axis++) {
            begin[axis] = Math.max(0, -before[axis]);
            end[axis] -= Math.max(0, -after[axis]);
            if (begin[axis] >= end[axis]) {
                throw e.refuse("cropping axis " + axis + " of " + shape + " leaves nothing");
            }
            none &= begin[axis] == 0 && end[axis] == shape.size(axis);
        }
        long[] strides = LongStream.generate(() -> 1).limit(before.length).toArray();
        return none ? x : e.sameDiff().stridedSlice(x, begin, end, strides);
    }

    private static SDVariable withOwnElements(
            Emission e, String mode, long[] before, long[] after) {
        Shape shape = e.shape(0);
        SDVariable x = e.in(0);
        for (int axis = 0; axis < before.length; axis++) {
            if (before[axis] != 0 || after[axis] != 0) {
                List<Long> places = new ArrayList<>();
                for (long i = -before[axis]; i < shape.size(axis) + after[axis]; i++) {
                    places.add(place(mode, i, shape.size(axis)));
                }
                x = e.sameDiff().gather(x, Indices.constant(e, mode + axis, places), axis);
            }
        }
        return x;
    }

    /** Which element of an axis stands at a place outside it. */
    private static long place(String mode, long index, long size) {
        return switch (mode) {
            case "edge" -> Math.max(0, Math.min(size - 1, index));
            case "wrap" -> Math.floorMod(index, size);
            default -> {
                // back and forth, the ends not repeated
                long period = Math.max(1, 2 * (size - 1));
                long around = Math.floorMod(index, period);
                yield Math.min(around, period - around) % size;
            }
        };
    }
}
