// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static io.github.deepcache4j.importer.onnx.OnnxAttributes.real;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.text;

import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Step;
import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import onnx.OnnxMl.AttributeProto;

/** Steps that compute each number from the numbers at its place, with broadcasting. */
final class RandomElementwiseSteps {

    /** Above it exponentials turn rounding into errors, and sines lose digits. */
    private static final double SMALL = 4;

    private RandomElementwiseSteps() {}

    static Map<String, Step> all() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.put("Add", (g, x) -> two(g, "Add", x, (a, b) -> a + b));
        all.put("Sub", (g, x) -> two(g, "Sub", x, (a, b) -> a + b));
        all.put("Mul", (g, x) -> two(g, "Mul", x, (a, b) -> a * b));
        all.put("Div", RandomElementwiseSteps::divide);
        all.put("Where", RandomElementwiseSteps::where);
        for (String op : List.of("Sigmoid", "Tanh", "Erf", "Softsign")) {
            all.put(op, one(op, x -> 1));
        }
        for (String op : List.of("Neg", "Softplus", "Mish", "Gelu", "Selu")) {
            all.put(op, one(op, x -> x + 1));
        }
        all.put("Gelu tanh", one("Gelu", x -> x, text("approximate", "tanh")));
        all.put("Elu", one("Elu", x -> x, real("alpha", 0.7)));
        all.put("Celu", one("Celu", x -> x, real("alpha", 1.3)));
        all.put("Exp", (g, x) -> x.bound() <= SMALL && plain(g, "Exp", x, Math.exp(SMALL) / 2));
        all.put("Sin", (g, x) -> x.bound() <= 2 * SMALL && plain(g, "Sin", x, 1));
        all.put("Cos", (g, x) -> x.bound() <= 2 * SMALL && plain(g, "Cos", x, 1));
        all.put("Sqrt", RandomElementwiseSteps::root);
        all.put("Pow", RandomElementwiseSteps::square);
        all.put("Swish", RandomElementwiseSteps::swish);
        all.put("Gelu of Erf", RandomElementwiseSteps::geluOfErf);
        return all;
    }

    private static Step one(String op, DoubleUnaryOperator bound, AttributeProto... attributes) {
        return (g, x) ->
                g.add(op, x.shape(), bound.applyAsDouble(x.bound()), List.of(x.name()), attributes);
    }

    private static boolean plain(RandomOnnxGraph g, String op, Value x, double bound) {
        return g.add(op, x.shape(), bound, List.of(x.name()));
    }

    private interface Bounds {
        double of(double a, double b);
    }

    private static boolean two(RandomOnnxGraph g, String op, Value x, Bounds bounds) {
        Value other = other(g, x);
        List<Long> shape = broadcast(x.shape(), other.shape()).orElseThrow();
        boolean swap = g.random.nextBoolean();
        return g.add(
                op,
                shape,
                bounds.of(x.bound(), other.bound()),
                swap ? List.of(other.name(), x.name()) : List.of(x.name(), other.name()));
    }

    /** A value of the graph that broadcasts with another, or a constant. */
    private static Value other(RandomOnnxGraph g, Value x) {
        List<Value> fitting =
                g.values().stream()
                        .filter(y -> y != x && broadcast(x.shape(), y.shape()).isPresent())
                        .toList();
        if (!fitting.isEmpty() && g.random.nextInt(3) > 0) {
            return fitting.get(g.random.nextInt(fitting.size()));
        }
        List<Long> shape = part(g, x.shape());
        return new Value(g.floats(0.3, 1, shape), shape, 1.3);
    }

    /** A shape that broadcasts to another: ones here and there, leading axes left out. */
    private static List<Long> part(RandomOnnxGraph g, List<Long> whole) {
        List<Long> shape = new ArrayList<>();
        for (int axis = g.random.nextInt(whole.size() + 1); axis < whole.size(); axis++) {
            shape.add(g.random.nextInt(3) == 0 ? 1 : whole.get(axis));
        }
        return shape;
    }

    private static Optional<List<Long>> broadcast(List<Long> a, List<Long> b) {
        List<Long> shape = new ArrayList<>();
        for (int i = Math.max(a.size(), b.size()); i > 0; i--) {
            long left = i > a.size() ? 1 : a.get(a.size() - i);
            long right = i > b.size() ? 1 : b.get(b.size() - i);
            if (left != right && left != 1 && right != 1) {
                return Optional.empty();
            }
            shape.add(Math.max(left, right));
        }
        return Optional.of(shape);
    }

    /** By a number of 0.5 to 1.5: a sigmoid, or a constant. */
    private static boolean divide(RandomOnnxGraph g, Value x) {
        Value other = other(g, x);
        List<Long> shape = broadcast(x.shape(), other.shape()).orElseThrow();
        if (!g.allows(shape, 2 * x.bound())) {
            return false;
        }
        String divisor;
        if (g.values().contains(other)) {
            Value gate = g.node("Sigmoid", other.shape(), 1, List.of(other.name()));
            String half = g.floats(0.5, 0, List.of());
            divisor = g.node("Add", other.shape(), 1.5, List.of(gate.name(), half)).name();
        } else {
            divisor = g.floats(1, 0.5, other.shape());
        }
        return g.add("Div", shape, 2 * x.bound(), List.of(x.name(), divisor));
    }

    private static boolean where(RandomOnnxGraph g, Value x) {
        Value other = other(g, x);
        List<Long> shape = broadcast(x.shape(), other.shape()).orElseThrow();
        String mask = g.mask(part(g, shape));
        return g.add(
                "Where",
                shape,
                Math.max(x.bound(), other.bound()),
                List.of(mask, x.name(), other.name()));
    }

    /** sqrt(|x| + c): at 0 the root alone makes large errors of small ones. */
    private static boolean root(RandomOnnxGraph g, Value x) {
        Value size = g.node("Abs", x.shape(), x.bound(), List.of(x.name()));
        String more = g.floats(0.5, 0.1, List.of(1L));
        Value sum = g.node("Add", x.shape(), x.bound() + 1, List.of(size.name(), more));
        return plain(g, "Sqrt", sum, Math.sqrt(sum.bound()));
    }

    private static boolean square(RandomOnnxGraph g, Value x) {
        double bound = x.bound() * x.bound();
        return g.add("Pow", x.shape(), bound, List.of(x.name(), g.floats(2, 0, List.of())));
    }

    private static boolean swish(RandomOnnxGraph g, Value x) {
        Value gate = g.node("Sigmoid", x.shape(), 1, List.of(x.name()));
        return g.add("Mul", x.shape(), x.bound(), List.of(x.name(), gate.name()));
    }

    /** x (1 + erf(x / sqrt(2))) / 2, as exporters before opset 20 write it. */
    private static boolean geluOfErf(RandomOnnxGraph g, Value x) {
        String root = g.floats(Math.sqrt(2), 0, List.of());
        Value narrow = g.node("Div", x.shape(), x.bound(), List.of(x.name(), root));
        Value erf = g.node("Erf", x.shape(), 1, List.of(narrow.name()));
        String one = g.floats(1, 0, List.of());
        Value gate = g.node("Add", x.shape(), 2, List.of(erf.name(), one));
        Value twice = g.node("Mul", x.shape(), x.bound(), List.of(x.name(), gate.name()));
        String half = g.floats(0.5, 0, List.of());
        return g.add("Mul", x.shape(), x.bound(), List.of(twice.name(), half));
    }
}
