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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that move elements without computing: reshapes, transposes, concatenation, tiling. */
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
                Map.entry("Tile", LayoutOps::tile),
                Map.entry("Size", LayoutOps::size),
                Map.entry("DepthToSpace", LayoutOps::depthToSpace),
                Map.entry("SpaceToDepth", LayoutOps::spaceToDepth));
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
        if (!new HashSet<>(order).equals(new HashSet<>(reversed)) || order.size() != rank) {
            throw e.refuse("perm=" + order + " is no order of " + rank + " axes");
        }
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
        Shape wanted = new Shape(e.fixedLongs(1, "shape"));
        Shape target = Broadcasting.of(e, e.shape(0), wanted);
        return List.of(Broadcasting.expand(e, e.in(0), target));
    }

    private static List<SDVariable> tile(Emission e) {
        List<Long> repeats = e.fixedLongs(1, "repeats");
        Shape shape = e.shape(0);
        if (repeats.size() != shape.rank() || repeats.stream().anyMatch(count -> count < 1)) {
            throw e.refuse("repeats=" + repeats + " of " + shape + " is not supported");
        }
        boolean once = repeats.stream().allMatch(count -> count == 1);
        int[] counts = repeats.stream().mapToInt(Math::toIntExact).toArray();
        return List.of(once ? e.in(0) : e.sameDiff().tile(e.in(0), counts));
    }

    private static List<SDVariable> size(Emission e) {
        return List.of(e.newConstant("size", Nd4j.scalar(DataType.LONG, e.shape(0).elements())));
    }

    /** Channels become pixels: DCR takes the block from the outer part of the channel index. */
    private static List<SDVariable> depthToSpace(Emission e) {
        Shape x = e.shape(0);
        long block = e.integer("blocksize", 1);
        String mode = e.text("mode", "DCR");
        if (x.rank() != 4 || block < 1 || x.size(1) % (block * block) != 0) {
            throw e.refuse("attribute blocksize=" + block + " does not fit " + x);
        }
        long depth = x.size(1) / (block * block);
        boolean blockFirst = mode.equals("DCR");
        if (!blockFirst && !mode.equals("CRD")) {
            throw e.refuse("attribute mode=" + mode + " is not supported");
        }
        long height = x.size(2);
        long width = x.size(3);
        SDVariable parts =
                e.reshape(
                        e.in(0),
                        blockFirst
                                ? Shape.of(x.size(0), block, block, depth, height, width)
                                : Shape.of(x.size(0), depth, block, block, height, width));
        SDVariable mixed =
                blockFirst
                        ? e.permute(parts, 0, 3, 4, 1, 5, 2)
                        : e.permute(parts, 0, 1, 4, 2, 5, 3);
        return List.of(e.reshape(mixed, Shape.of(x.size(0), depth, height * block, width * block)));
    }

    private static List<SDVariable> spaceToDepth(Emission e) {
        Shape x = e.shape(0);
        long block = e.integer("blocksize", 1);
        e.requireText("mode", "DCR");
        if (x.rank() != 4 || block < 1 || x.size(2) % block != 0 || x.size(3) % block != 0) {
            throw e.refuse("attribute blocksize=" + block + " does not fit " + x);
        }
        long height = x.size(2) / block;
        long width = x.size(3) / block;
        SDVariable parts =
                e.reshape(e.in(0), Shape.of(x.size(0), x.size(1), height, block, width, block));
        return List.of(
                e.reshape(
                        e.permute(parts, 0, 3, 5, 1, 2, 4),
                        Shape.of(x.size(0), x.size(1) * block * block, height, width)));
    }
}
