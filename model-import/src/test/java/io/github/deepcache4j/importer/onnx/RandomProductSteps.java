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
import onnx.OnnxMl.AttributeProto;

/** Matrix products, attention, softmax and reductions. */
final class RandomProductSteps {

    private static final double SMALL = 8;

    private RandomProductSteps() {}

    static Map<String, Step> all() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.put("Gemm", RandomProductSteps::gemm);
        all.put("MatMul weights", RandomProductSteps::weights);
        all.put("MatMul left weights", RandomProductSteps::leftWeights);
        all.put("MatMul self", RandomProductSteps::self);
        all.put("Attention", RandomProductSteps::attention);
        all.put("Softmax", (g, x) -> softmax(g, "Softmax", x, 1));
        all.put("LogSoftmax", (g, x) -> softmax(g, "LogSoftmax", x, 2 * x.bound() + 3));
        all.put("ReduceMean", (g, x) -> reduce(g, "ReduceMean", x));
        all.put("ReduceSum", (g, x) -> reduce(g, "ReduceSum", x));
        return all;
    }

    /** Weights that keep numbers about as large as they are. */
    static String weights(RandomOnnxGraph g, long fanIn, List<Long> shape) {
        return g.floats(0, 1.5 / Math.sqrt(fanIn), shape);
    }

    private static boolean gemm(RandomOnnxGraph g, Value x) {
        if (x.rank() != 2) {
            return false;
        }
        boolean turnedLeft = g.random.nextBoolean();
        boolean turnedRight = g.random.nextBoolean();
        long rows = x.size(turnedLeft ? 1 : 0);
        long inner = x.size(turnedLeft ? 0 : 1);
        long columns = 2 + g.random.nextInt(5);
        List<Long> kernel = turnedRight ? List.of(columns, inner) : List.of(inner, columns);
        List<String> inputs = new ArrayList<>(List.of(x.name(), weights(g, inner, kernel)));
        List<List<Long>> shifts =
                List.of(List.of(columns), List.of(rows, columns), List.of(rows, 1L), List.of());
        if (g.random.nextBoolean()) {
            inputs.add(g.floats(0.2, 0.5, shifts.get(g.random.nextInt(shifts.size()))));
        }
        return g.add(
                "Gemm",
                List.of(rows, columns),
                x.bound() + 1,
                inputs,
                integer("transA", turnedLeft ? 1 : 0),
                integer("transB", turnedRight ? 1 : 0),
                real("alpha", g.random.nextBoolean() ? 1 : 0.7),
                real("beta", g.random.nextBoolean() ? 1 : 1.2));
    }

    private static boolean weights(RandomOnnxGraph g, Value x) {
        int last = x.rank() - 1;
        if (last < 0) {
            return false;
        }
        long columns = 2 + g.random.nextInt(5);
        List<Long> kernel = new ArrayList<>(List.of(x.size(last), columns));
        if (last > 1 && g.random.nextInt(3) == 0) {
            kernel.add(0, x.size(last - 2));
        }
        List<Long> shape = new ArrayList<>(x.shape().subList(0, last));
        shape.add(columns);
        String weights = weights(g, x.size(last), kernel);
        return g.add("MatMul", shape, x.bound() + 1, List.of(x.name(), weights));
    }

    private static boolean leftWeights(RandomOnnxGraph g, Value x) {
        if (x.rank() < 2) {
            return false;
        }
        long rows = 2 + g.random.nextInt(5);
        long inner = x.size(x.rank() - 2);
        List<Long> shape = new ArrayList<>(x.shape());
        shape.set(x.rank() - 2, rows);
        String weights = weights(g, inner, List.of(rows, inner));
        return g.add("MatMul", shape, x.bound() + 1, List.of(weights, x.name()));
    }

    /** The last two axes turned, to multiply a tensor with itself. */
    private static Value turned(RandomOnnxGraph g, Value x) {
        long[] order = new long[x.rank()];
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            order[i] = i < x.rank() - 2 ? i : 2 * x.rank() - 3 - i;
            shape.add(x.size((int) order[i]));
        }
        AttributeProto perm = OnnxAttributes.attribute("perm", order);
        return g.node("Transpose", shape, x.bound(), List.of(x.name()), perm);
    }

    private static List<Long> square(Value x) {
        List<Long> shape = new ArrayList<>(x.shape());
        shape.set(x.rank() - 1, x.size(x.rank() - 2));
        return shape;
    }

    /** X X^T / n. */
    private static boolean self(RandomOnnxGraph g, Value x) {
        double bound = x.bound() * x.bound();
        if (x.rank() < 2 || !g.allows(square(x), bound)) {
            return false;
        }
        Value turned = turned(g, x);
        Value product = g.node("MatMul", square(x), bound, List.of(x.name(), turned.name()));
        String share = g.floats(1.0 / x.size(x.rank() - 1), 0, List.of());
        return g.add("Mul", square(x), bound, List.of(product.name(), share));
    }

    /** softmax(s X X^T) X, with the scale as a factor or a divisor. */
    private static boolean attention(RandomOnnxGraph g, Value x) {
        if (x.rank() < 3 || x.bound() > 4 || !g.allows(square(x), 1)) {
            return false;
        }
        Value turned = turned(g, x);
        Value product = g.node("MatMul", square(x), 16, List.of(x.name(), turned.name()));
        double scale = 1.0 / x.size(x.rank() - 1);
        boolean divide = g.random.nextBoolean();
        String factor = g.floats(divide ? 1 / scale : scale, 0, List.of());
        List<String> factors = List.of(product.name(), factor);
        Value scaled = g.node(divide ? "Div" : "Mul", square(x), 16, factors);
        AttributeProto last = integer("axis", -1);
        Value softmax = g.node("Softmax", square(x), 1, List.of(scaled.name()), last);
        return g.add("MatMul", x.shape(), x.bound(), List.of(softmax.name(), x.name()));
    }

    private static boolean softmax(RandomOnnxGraph g, String op, Value x, double bound) {
        if (x.rank() == 0 || x.bound() > SMALL) {
            return false;
        }
        int axis = g.random.nextInt(2 * x.rank()) - x.rank();
        return g.add(op, x.shape(), bound, List.of(x.name()), integer("axis", axis));
    }

    private static boolean reduce(RandomOnnxGraph g, String op, Value x) {
        if (x.rank() < 2) {
            return false;
        }
        int first = g.random.nextInt(x.rank());
        int second = g.random.nextInt(x.rank());
        boolean keep = g.random.nextBoolean();
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (axis != first && axis != second) {
                shape.add(x.size(axis));
            } else if (keep) {
                shape.add(1L);
            }
        }
        long reduced = x.size(first) * (first == second ? 1 : x.size(second));
        double bound = op.equals("ReduceSum") ? x.bound() * Math.sqrt(reduced) : x.bound();
        long from = first - (long) x.rank();
        String axes = first == second ? g.integers(from) : g.integers(from, second);
        AttributeProto kept = integer("keepdims", keep ? 1 : 0);
        return g.add(op, shape, bound, List.of(x.name(), axes), kept);
    }
}
