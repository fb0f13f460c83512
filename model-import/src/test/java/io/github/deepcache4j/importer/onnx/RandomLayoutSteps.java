// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static io.github.deepcache4j.importer.onnx.OnnxAttributes.attribute;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.integer;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.text;

import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Step;
import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import onnx.OnnxMl.AttributeProto;

/** Steps that move, repeat and leave out numbers. */
final class RandomLayoutSteps {

    private RandomLayoutSteps() {}

    static Map<String, Step> all() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.put("Reshape", RandomLayoutSteps::reshape);
        all.put("Transpose", RandomLayoutSteps::transpose);
        all.put("Concat", RandomLayoutSteps::concat);
        all.put("Split", RandomLayoutSteps::split);
        all.put("Slice", RandomLayoutSteps::slice);
        all.put("Gather", RandomLayoutSteps::gather);
        all.put("Unsqueeze", RandomLayoutSteps::unsqueeze);
        all.put("Flatten", RandomLayoutSteps::flatten);
        all.put("Expand", RandomLayoutSteps::expand);
        all.put("Tile", RandomLayoutSteps::tile);
        for (String mode : List.of("constant", "reflect", "edge", "wrap")) {
            all.put("Pad " + mode, (g, x) -> pad(g, x, mode));
        }
        all.put("DepthToSpace", RandomLayoutSteps::depthToSpace);
        all.put("SpaceToDepth", RandomLayoutSteps::spaceToDepth);
        return all;
    }

    private static List<Long> with(List<Long> shape, int axis, long size) {
        List<Long> changed = new ArrayList<>(shape);
        changed.set(axis, size);
        return changed;
    }

    private static int axis(RandomOnnxGraph g, Value x) {
        return g.random.nextInt(x.rank());
    }

    private static boolean same(
            RandomOnnxGraph g, String op, Value x, List<Long> shape, String operand) {
        return g.add(op, shape, x.bound(), List.of(x.name(), operand));
    }

    /** Two axes become one, or one becomes two; the sizes as numbers, or one as -1. */
    private static boolean reshape(RandomOnnxGraph g, Value x) {
        int axis = axis(g, x);
        List<Long> shape = new ArrayList<>(x.shape());
        long size = shape.remove(axis);
        if (x.rank() > 2 && axis < shape.size() && g.random.nextBoolean()) {
            shape.set(axis, size * shape.get(axis));
        } else if (size % 2 == 0) {
            shape.add(axis, 2L);
            shape.add(axis + g.random.nextInt(2), size / 2);
        } else {
            return false;
        }
        long[] asked = shape.stream().mapToLong(Long::longValue).toArray();
        if (g.random.nextBoolean()) {
            asked[g.random.nextInt(asked.length)] = -1;
        }
        return same(g, "Reshape", x, shape, g.integers(asked));
    }

    private static boolean transpose(RandomOnnxGraph g, Value x) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        Collections.shuffle(order, g.random);
        return g.add(
                "Transpose",
                order.stream().map(x.shape()::get).toList(),
                x.bound(),
                List.of(x.name()),
                attribute("perm", order.stream().mapToLong(i -> i).toArray()));
    }

    private static boolean concat(RandomOnnxGraph g, Value x) {
        int axis = axis(g, x);
        List<Value> fitting =
                g.values().stream()
                        .filter(y -> y.rank() == x.rank())
                        .filter(y -> with(y.shape(), axis, 1).equals(with(x.shape(), axis, 1)))
                        .toList();
        Value other = fitting.get(g.random.nextInt(fitting.size()));
        return g.add(
                "Concat",
                with(x.shape(), axis, x.size(axis) + other.size(axis)),
                Math.max(x.bound(), other.bound()),
                List.of(x.name(), other.name()),
                integer("axis", g.oneOf(axis, axis - x.rank())));
    }

    private static boolean split(RandomOnnxGraph g, Value x) {
        int axis = axis(g, x);
        long size = x.size(axis);
        if (size < 2) {
            return false;
        }
        long first = 1 + g.random.nextInt((int) size - 1);
        g.nodes(
                "Split",
                List.of(with(x.shape(), axis, first), with(x.shape(), axis, size - first)),
                x.bound(),
                List.of(x.name(), g.integers(first, size - first)),
                integer("axis", axis));
        return true;
    }

    /** From a number of elements behind the begin to before the end, each or every second. */
    private static boolean slice(RandomOnnxGraph g, Value x) {
        int axis = axis(g, x);
        long size = x.size(axis);
        long begin = g.random.nextInt((int) size);
        long end = begin + 1 + g.random.nextInt((int) (size - begin));
        long step = g.oneOf(1, 2, -1);
        long count = step == 2 ? (end - begin + 1) / 2 : end - begin;
        // backwards from the last to the first; "before the first" has no other name
        long from = step > 0 ? begin : end - 1;
        long to = step > 0 ? g.oneOf(end, end - size == 0 ? end : end - size) : begin - 1;
        to = step < 0 && begin == 0 ? Long.MIN_VALUE + 1 : to;
        return g.add(
                "Slice",
                with(x.shape(), axis, count),
                x.bound(),
                List.of(
                        x.name(),
                        g.integers(from),
                        g.integers(to),
                        g.integers(axis),
                        g.integers(step)));
    }

    private static boolean gather(RandomOnnxGraph g, Value x) {
        int axis = axis(g, x);
        long[] places =
                g.random.ints(3, (int) -x.size(axis), (int) x.size(axis)).asLongStream().toArray();
        return g.add(
                "Gather",
                with(x.shape(), axis, places.length),
                x.bound(),
                List.of(x.name(), g.integers(places)),
                integer("axis", axis));
    }

    private static boolean unsqueeze(RandomOnnxGraph g, Value x) {
        int axis = g.random.nextInt(x.rank() + 1);
        List<Long> shape = new ArrayList<>(x.shape());
        shape.add(axis, 1L);
        return same(g, "Unsqueeze", x, shape, g.integers(axis));
    }

    private static boolean flatten(RandomOnnxGraph g, Value x) {
        int axis = g.random.nextInt(x.rank() + 1);
        long rows = x.shape().subList(0, axis).stream().reduce(1L, (a, b) -> a * b);
        List<Long> shape = List.of(rows, x.elements() / rows);
        // protobuf for Java writes no 0, and ONNX Runtime takes what is not there for a 1
        AttributeProto from = integer("axis", axis == 0 ? -x.rank() : axis);
        return g.add("Flatten", shape, x.bound(), List.of(x.name()), from);
    }

    /** Axes of size 1 grow, others are asked as 1, and there may be one axis more. */
    private static boolean expand(RandomOnnxGraph g, Value x) {
        List<Long> shape = new ArrayList<>();
        List<Long> asked = new ArrayList<>();
        if (g.random.nextBoolean()) {
            shape.add(2L);
            asked.add(2L);
        }
        for (long size : x.shape()) {
            shape.add(size == 1 ? 3 : size);
            asked.add(size == 1 ? 3 : g.oneOf(1, size));
        }
        long[] sizes = asked.stream().mapToLong(Long::longValue).toArray();
        return same(g, "Expand", x, shape, g.integers(sizes));
    }

    private static boolean tile(RandomOnnxGraph g, Value x) {
        long[] repeats = g.random.longs(x.rank(), 1, 3).toArray();
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            shape.add(x.size(axis) * repeats[axis]);
        }
        return same(g, "Tile", x, shape, g.integers(repeats));
    }

    private static boolean pad(RandomOnnxGraph g, Value x, String mode) {
        long[] pads = new long[2 * x.rank()];
        List<Long> shape = new ArrayList<>(x.shape());
        for (int axis = 0; axis < x.rank(); axis++) {
            // a reflection shows at most what there is beside the edge
            int most = (int) Math.min(2, x.size(axis) - 1);
            pads[axis] = g.random.nextInt(most + 1);
            pads[axis + x.rank()] = g.random.nextInt(most + 1);
            shape.set(axis, x.size(axis) + pads[axis] + pads[axis + x.rank()]);
        }
        List<String> inputs = new ArrayList<>(List.of(x.name(), g.integers(pads)));
        if (mode.equals("constant") && g.random.nextBoolean()) {
            inputs.add(g.floats(0.5, 0.5, List.of()));
        }
        return g.add("Pad", shape, x.bound() + 1, inputs, text("mode", mode));
    }

    private static boolean depthToSpace(RandomOnnxGraph g, Value x) {
        return x.rank() == 4
                && x.size(1) % 4 == 0
                && g.add(
                        "DepthToSpace",
                        List.of(x.size(0), x.size(1) / 4, x.size(2) * 2, x.size(3) * 2),
                        x.bound(),
                        List.of(x.name()),
                        integer("blocksize", 2),
                        text("mode", g.random.nextBoolean() ? "DCR" : "CRD"));
    }

    private static boolean spaceToDepth(RandomOnnxGraph g, Value x) {
        return x.rank() == 4
                && x.size(2) % 2 == 0
                && x.size(3) % 2 == 0
                && g.add(
                        "SpaceToDepth",
                        List.of(x.size(0), x.size(1) * 4, x.size(2) / 2, x.size(3) / 2),
                        x.bound(),
                        List.of(x.name()),
                        integer("blocksize", 2));
    }
}
