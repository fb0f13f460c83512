// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;

/** Operators that pick elements: gather, slice, split. */
final class IndexingOps {

    private IndexingOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "Gather",
                IndexingOps::gather,
                "Slice",
                IndexingOps::slice,
                "Split",
                IndexingOps::split);
    }

    private static List<SDVariable> gather(Emission e) {
        int axis = e.axis("axis", 0, e.shape(0).rank());
        SDVariable indices =
                isEmbedding(e, axis) ? e.in(1) : Indices.ofAxis(e, 1, e.shape(0).size(axis));
        return List.of(Indices.gather(e, e.in(0), indices, axis));
    }

    /**
     * Whether classes or tokens are looked up in a table of weights. They count from 0, so the
     * operations that turn negative indices into positive ones are spared; a negative class is
     * outside what such a model is defined for.
     */
    private static boolean isEmbedding(Emission e, int axis) {
        return axis == 0
                && e.shape(0).rank() == 2
                && e.constant(0).isPresent()
                && e.constant(1).isEmpty();
    }

    private static List<SDVariable> slice(Emission e) {
        Shape shape = e.shape(0);
        List<Long> starts =
                e.opset() < 10 ? e.integers("starts").orElse(List.of()) : e.fixedLongs(1, "starts");
        List<Long> ends =
                e.opset() < 10 ? e.integers("ends").orElse(List.of()) : e.fixedLongs(2, "ends");
        List<Long> everyAxis = LongStream.range(0, starts.size()).boxed().toList();
        List<Long> axes =
                e.opset() < 10
                        ? e.integers("axes").orElse(everyAxis)
                        : e.has(3) ? e.fixedLongs(3, "axes") : everyAxis;
        List<Long> steps =
                e.has(4) ? e.fixedLongs(4, "steps") : Collections.nCopies(starts.size(), 1L);
        long[] begin = new long[shape.rank()];
        long[] end = shape.toArray();
        long[] stride = LongStream.generate(() -> 1).limit(shape.rank()).toArray();
        List<Integer> backwards = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            int axis = e.normalize(axes.get(i), shape.rank());
            long size = shape.size(axis);
            long step = steps.get(i);
            if (step > 0) {
                begin[axis] = place(starts.get(i), size, 0, size);
                end[axis] = place(ends.get(i), size, 0, size);
            } else {
                // counted from the end, as the axis is turned round first
                begin[axis] = size - 1 - place(starts.get(i), size, -1, size - 1);
                end[axis] = size - 1 - place(ends.get(i), size, -1, size - 1);
                backwards.add(axis);
            }
            stride[axis] = Math.abs(step);
        }
        SDVariable x =
                backwards.isEmpty()
                        ? e.in(0)
                        : e.sameDiff()
                                .reverse(
                                        e.in(0),
                                        backwards.stream().mapToInt(Integer::intValue).toArray());
        return List.of(strided(e, x, shape, begin, end, stride));
    }

    /**
     * A slice's bound as an index: negative ones count from the end, ones outside are moved to the
     * nearest inside.
     */
    private static long place(long index, long size, long lowest, long highest) {
        return Math.max(lowest, Math.min(highest, index < 0 ? index + size : index));
    }

    private static SDVariable strided(
            Emission e, SDVariable x, Shape shape, long[] begin, long[] end, long[] stride) {
        boolean whole = true;
        long[] sizes = new long[shape.rank()];
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes[axis] = Math.max(0, (end[axis] - begin[axis] + stride[axis] - 1) / stride[axis]);
            whole &= begin[axis] == 0 && end[axis] == shape.size(axis) && stride[axis] == 1;
        }
        if (Shape.of(sizes).elements() == 0) {
            return e.newConstant("empty", Nd4j.create(e.type(0), sizes));
        }
        return whole ? x : e.sameDiff().stridedSlice(x, begin, end, stride);
    }

    private static List<SDVariable> split(Emission e) {
        Shape shape = e.shape(0);
        int axis = e.axis("axis", 0, shape.rank());
        int parts = e.node().outputs().size();
        long most = (shape.size(axis) + parts - 1) / parts;
        e.ignore("num_outputs");
        List<Long> sizes =
                e.has(1)
                        ? e.fixedLongs(1, "split")
                        : e.integers("split")
                                .orElseGet(() -> equalParts(shape.size(axis), parts, most));
        if (sizes.size() != parts
                || sizes.stream().anyMatch(size -> size < 0)
                || sizes.stream().mapToLong(Long::longValue).sum() != shape.size(axis)) {
            throw e.refuse("split=" + sizes + " does not divide " + shape + " into " + parts);
        }
        if (new HashSet<>(sizes).size() == 1) {
            return List.of(e.sameDiff().split(e.in(0), parts, axis));
        }
        List<SDVariable> results = new ArrayList<>();
        long[] begin = new long[shape.rank()];
        long[] stride = LongStream.generate(() -> 1).limit(shape.rank()).toArray();
        for (long size : sizes) {
            long[] end = shape.toArray();
            end[axis] = begin[axis] + size;
            results.add(strided(e, e.in(0), shape, begin.clone(), end, stride));
            begin[axis] += size;
        }
        return results;
    }

    private static List<Long> equalParts(long size, int parts, long most) {
        List<Long> sizes = new ArrayList<>(Collections.nCopies(parts - 1, most));
        sizes.add(size - most * (parts - 1));
        return sizes;
    }
}
