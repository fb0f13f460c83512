// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operators that move or retype elements without computing: reshapes, transposes, concatenation,
 * padding, casts.
 */
final class LayoutOps {

    private LayoutOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                Map.entry("Reshape", LayoutOps::reshape),
                Map.entry("Unsqueeze", LayoutOps::unsqueeze),
                Map.entry("Squeeze", LayoutOps::squeeze),
                Map.entry("Flatten", LayoutOps::flatten),
                Map.entry("Transpose", LayoutOps::transpose),
                Map.entry("Concat", LayoutOps::concat),
                Map.entry("Expand", LayoutOps::expand),
                Map.entry("Cast", LayoutOps::cast),
                Map.entry("Pad", LayoutOps::pad));
    }

    /** Sizes are fixed, so every change of shape is one reshape to known sizes, or none. */
    private static List<SDVariable> reshapeTo(Emission e, List<Long> sizes) {
        Shape target = new Shape(sizes);
        if (target.elements() != e.shape(0).elements()) {
            throw e.refuse("cannot reshape " + e.shape(0) + " to " + target);
        }
        return List.of(
                target.equals(e.shape(0))
                        ? e.in(0)
                        : e.sameDiff().reshape(e.in(0), target.toArray()));
    }

    private static List<SDVariable> reshape(Emission e) {
        Shape shape = e.shape(0);
        List<Long> wanted = new ArrayList<>(e.fixedLongs(1, "shape"));
        boolean zeroIsZero = e.integer("allowzero", 0) == 1;
        long known = 1;
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i) == 0 && !zeroIsZero) {
                wanted.set(i, shape.size(i));
            }
            known *= wanted.get(i) == -1 ? 1 : wanted.get(i);
        }
        int free = wanted.indexOf(-1L);
        if (free != wanted.lastIndexOf(-1L)) {
            throw e.refuse("the shape " + wanted + " leaves two sizes open");
        }
        if (free >= 0) {
            wanted.set(free, known == 0 ? 0 : shape.elements() / known);
        }
        return reshapeTo(e, wanted);
    }

    private static List<Long> axes(Emission e) {
        return e.has(1) ? e.fixedLongs(1, "axes") : e.integers("axes").orElse(List.of());
    }

    private static List<SDVariable> unsqueeze(Emission e) {
        int rank = e.shape(0).rank() + axes(e).size();
        List<Integer> ones =
                axes(e).stream().map(axis -> e.normalize(axis, rank)).sorted().toList();
        if (new HashSet<>(ones).size() < ones.size()) {
            throw e.refuse("axes=" + axes(e) + " has an axis twice");
        }
        List<Long> sizes = new ArrayList<>(e.shape(0).sizes());
        ones.forEach(axis -> sizes.add(axis, 1L));
        return reshapeTo(e, sizes);
    }

    private static List<SDVariable> squeeze(Emission e) {
        Shape shape = e.shape(0);
        List<Integer> dropped =
                axes(e).stream().map(axis -> e.normalize(axis, shape.rank())).toList();
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            boolean drop = dropped.isEmpty() ? shape.size(axis) == 1 : dropped.contains(axis);
            if (drop && shape.size(axis) != 1) {
                throw e.refuse("axis " + axis + " of " + shape + " has not the size 1");
            }
            if (!drop) {
                sizes.add(shape.size(axis));
            }
        }
        return reshapeTo(e, sizes);
    }

    private static List<SDVariable> flatten(Emission e) {
        Shape shape = e.shape(0);
        long given = e.integer("axis", 1);
        int axis = given == shape.rank() ? shape.rank() : e.normalize(given, shape.rank());
        long rows = new Shape(shape.sizes().subList(0, axis)).elements();
        return reshapeTo(e, List.of(rows, rows == 0 ? 0 : shape.elements() / rows));
    }

    private static List<SDVariable> transpose(Emission e) {
        int rank = e.shape(0).rank();
        List<Long> reversed = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        Collections.reverse(reversed);
        List<Long> order = e.integers("perm").orElse(reversed);
        boolean same = IntStream.range(0, rank).allMatch(axis -> order.get(axis) == axis);
        int[] axes = order.stream().mapToInt(Long::intValue).toArray();
        return List.of(same ? e.in(0) : e.sameDiff().permute(e.in(0), axes));
    }

    private static List<SDVariable> concat(Emission e) {
        int axis = e.axis("axis", 1, e.shape(0).rank());
        List<SDVariable> parts = new ArrayList<>();
        for (int i = 0; i < e.operands(); i++) {
            if (e.shape(i).elements() > 0) {
                parts.add(e.in(i));
            }
        }
        if (parts.isEmpty()) {
            long[] sizes = e.shape(0).toArray();
            sizes[axis] = 0;
            for (int i = 0; i < e.operands(); i++) {
                sizes[axis] += e.shape(i).size(axis);
            }
            return List.of(e.newConstant("empty", Nd4j.create(e.type(0), sizes)));
        }
        return List.of(
                parts.size() == 1
                        ? parts.get(0)
                        : e.sameDiff().concat(axis, parts.toArray(SDVariable[]::new)));
    }

    private static List<SDVariable> expand(Emission e) {
        List<Long> from = new ArrayList<>(e.shape(0).sizes());
        List<Long> to = new ArrayList<>(e.fixedLongs(1, "shape"));
        while (from.size() < to.size()) {
            from.add(0, 1L);
        }
        while (to.size() < from.size()) {
            to.add(0, 1L);
        }
        int[] repeats = new int[to.size()];
        for (int axis = 0; axis < repeats.length; axis++) {
            long own = from.get(axis);
            long wanted = to.get(axis);
            if (own != wanted && own != 1 && wanted != 1) {
                throw e.refuse("cannot expand " + e.shape(0) + " to " + to);
            }
            repeats[axis] = own == 1 ? Math.toIntExact(wanted) : 1;
        }
        SDVariable ranked =
                from.equals(e.shape(0).sizes())
                        ? e.in(0)
                        : e.sameDiff().reshape(e.in(0), new Shape(from).toArray());
        boolean once = IntStream.of(repeats).allMatch(count -> count == 1);
        return List.of(once ? ranked : e.sameDiff().tile(ranked, repeats));
    }

    private static List<SDVariable> cast(Emission e) {
        e.ignore("saturate");
        int to = Math.toIntExact(e.integer("to", 0));
        DataType type =
                OnnxTensors.type(to).orElseThrow(() -> e.refuse(OnnxTensors.unsupported(to)));
        return List.of(type == e.type(0) ? e.in(0) : e.in(0).castTo(type));
    }

    private static List<SDVariable> pad(Emission e) {
        e.requireText("mode", "constant");
        int rank = e.shape(0).rank();
        List<Long> pads = e.has(1) ? e.fixedLongs(1, "pads") : e.integers("pads").orElse(List.of());
        double value = e.has(2) ? e.fixed(2, "constant_value").getDouble(0) : e.real("value", 0);
        if (e.has(3) || pads.size() != 2 * rank || pads.stream().anyMatch(pad -> pad < 0)) {
            throw e.refuse(
                    "pads=" + pads + (e.has(3) ? " on some axes" : "") + " is not supported");
        }
        INDArray widths = Nd4j.create(DataType.LONG, rank, 2);
        for (int axis = 0; axis < rank; axis++) {
            widths.putScalar(axis, 0, pads.get(axis));
            widths.putScalar(axis, 1, pads.get(axis + rank));
        }
        return List.of(
                pads.stream().allMatch(pad -> pad == 0)
                        ? e.in(0)
                        : e.sameDiff()
                                .nn()
                                .pad(
                                        e.in(0),
                                        e.newConstant("pads", widths),
                                        PadMode.CONSTANT,
                                        value));
    }
}
