// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static io.github.deepcache4j.importer.onnx.OnnxAttributes.integer;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.real;

import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Step;
import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Normalisations, as operators and as exporters write them out. Their epsilon is large: what is
 * nearly constant would else become noise, enlarged 300 times.
 */
final class RandomNormalizationSteps {

    private static final double EPSILON = 0.1;
    private static final double BOUND = 5;

    private RandomNormalizationSteps() {}

    static Map<String, Step> all() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.put("LayerNormalization", RandomNormalizationSteps::layer);
        all.put("LayerNormalization written out", RandomNormalizationSteps::layerWrittenOut);
        all.put("InstanceNormalization", RandomNormalizationSteps::instance);
        all.put("GroupNormalization", RandomNormalizationSteps::group);
        all.put("GroupNormalization written out", RandomNormalizationSteps::groupWrittenOut);
        all.put("BatchNormalization", RandomNormalizationSteps::batch);
        return all;
    }

    private static String scale(RandomOnnxGraph g, List<Long> shape) {
        return g.floats(1, 0.4, shape);
    }

    /** Not around 0, since a mean of 0 would be nothing but rounding. */
    private static String shift(RandomOnnxGraph g, List<Long> shape) {
        return g.floats(0.5, 0.4, shape);
    }

    private static boolean layer(RandomOnnxGraph g, Value x) {
        if (x.rank() < 2 || x.size(x.rank() - 1) == 1) {
            return false; // ONNX Runtime refuses to normalise single numbers
        }
        int axis = 1 + g.random.nextInt(x.rank() - 1);
        List<Long> normalized = x.shape().subList(axis, x.rank());
        return g.add(
                "LayerNormalization",
                x.shape(),
                BOUND,
                List.of(x.name(), scale(g, normalized), shift(g, normalized)),
                integer("axis", g.oneOf(axis, axis - x.rank())),
                real("epsilon", EPSILON));
    }

    private static boolean layerWrittenOut(RandomOnnxGraph g, Value x) {
        int last = x.rank() - 1;
        if (last < 1 || x.size(last) == 1) {
            return false;
        }
        List<Long> row = new ArrayList<>(x.shape());
        row.set(last, 1L);
        double bound = x.bound();
        Value mean = g.node("ReduceMean", row, bound, List.of(x.name(), g.integers(-1)));
        Value off = g.node("Sub", x.shape(), bound, List.of(x.name(), mean.name()));
        String two = g.floats(2, 0, List.of());
        Value squares = g.node("Pow", x.shape(), bound * bound, List.of(off.name(), two));
        List<String> averaged = List.of(squares.name(), g.integers(-1));
        Value variance = g.node("ReduceMean", row, bound * bound, averaged);
        String epsilon = g.floats(EPSILON, 0, List.of());
        Value more = g.node("Add", row, bound * bound, List.of(variance.name(), epsilon));
        Value root = g.node("Sqrt", row, bound, List.of(more.name()));
        Value normal = g.node("Div", x.shape(), BOUND, List.of(off.name(), root.name()));
        g.hide(off, normal);
        List<Long> width = List.of(x.size(last));
        Value scaled = g.node("Mul", x.shape(), BOUND, List.of(normal.name(), scale(g, width)));
        return g.add("Add", x.shape(), BOUND, List.of(scaled.name(), shift(g, width)));
    }

    private static boolean instance(RandomOnnxGraph g, Value x) {
        if (x.rank() < 3) {
            return false;
        }
        List<Long> channels = List.of(x.size(1));
        return g.add(
                "InstanceNormalization",
                x.shape(),
                BOUND,
                List.of(x.name(), scale(g, channels), shift(g, channels)),
                real("epsilon", EPSILON));
    }

    private static long groups(RandomOnnxGraph g, Value x) {
        return x.size(1) % 2 == 0 ? g.oneOf(1, 2, x.size(1)) : g.oneOf(1, x.size(1));
    }

    private static boolean group(RandomOnnxGraph g, Value x) {
        if (x.rank() < 3) {
            return false;
        }
        List<Long> channels = List.of(x.size(1));
        return g.add(
                "GroupNormalization",
                x.shape(),
                BOUND,
                List.of(x.name(), scale(g, channels), shift(g, channels)),
                integer("num_groups", groups(g, x)),
                real("epsilon", EPSILON));
    }

    /** As torch.onnx.export writes it before opset 21. */
    private static boolean groupWrittenOut(RandomOnnxGraph g, Value x) {
        if (x.rank() != 4) {
            return false;
        }
        long groups = groups(g, x);
        List<Long> flat = List.of(x.size(0), groups, x.elements() / x.size(0) / groups);
        List<String> asked = List.of(x.name(), g.integers(0, groups, -1));
        Value rows = g.node("Reshape", flat, x.bound(), asked);
        String ones = g.floats(1, 0, List.of(groups));
        String zeros = g.floats(0, 0, List.of(groups));
        List<String> inputs = List.of(rows.name(), ones, zeros);
        Value normal =
                g.node("InstanceNormalization", flat, BOUND, inputs, real("epsilon", EPSILON));
        long[] sizes = x.shape().stream().mapToLong(Long::longValue).toArray();
        List<String> back = List.of(normal.name(), g.integers(sizes));
        Value image = g.node("Reshape", x.shape(), BOUND, back);
        g.hide(normal, image);
        List<Long> channels = List.of(x.size(1), 1L, 1L);
        Value scaled = g.node("Mul", x.shape(), BOUND, List.of(image.name(), scale(g, channels)));
        return g.add("Add", x.shape(), BOUND, List.of(scaled.name(), shift(g, channels)));
    }

    private static boolean batch(RandomOnnxGraph g, Value x) {
        if (x.rank() < 2) {
            return false;
        }
        List<Long> channels = List.of(x.size(1));
        String mean = g.floats(0, 0.5, channels);
        String variance = g.floats(1, 0.5, channels);
        return g.add(
                "BatchNormalization",
                x.shape(),
                2 * x.bound() + 1,
                List.of(x.name(), scale(g, channels), shift(g, channels), mean, variance));
    }
}
