// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds activation functions that are spelled out: the exact GELU x (1 + erf(x / sqrt 2)) / 2, with
 * its factors in any order, and SiLU as x sigmoid(x).
 */
final class ActivationPattern {

    private static final double HALF_ROOT = Math.sqrt(0.5);

    private final Source source;

    ActivationPattern(Source source) {
        this.source = source;
    }

    Optional<Composite> at(Node node) {
        return switch (node.op()) {
            case "erf" -> gelu(node);
            case "sigmoid" -> silu(node);
            default -> Optional.empty();
        };
    }

    private Optional<Composite> silu(Node sigmoid) {
        int x = sigmoid.inputs().get(0);
        return reader(sigmoid, "multiply")
                .filter(product -> Source.other(product, sigmoid.outputs().get(0)) == x)
                .map(product -> composite(Activation.SILU, x, List.of(sigmoid, product)));
    }

    private Optional<Composite> gelu(Node erf) {
        int stage = source.stage(erf);
        Node scaled = source.graph().producer(erf.inputs().get(0)).orElse(null);
        if (scaled == null
                || source.stage(scaled) != stage
                || source.onlyReader(erf.inputs().get(0), stage).isEmpty()) {
            return Optional.empty();
        }
        int x = scaled.inputs().get(0);
        boolean fits =
                switch (scaled.op()) {
                    case "divide" -> source.isAbout(scaled.inputs().get(1), 1 / HALF_ROOT);
                    case "multiply" -> source.isAbout(scaled.inputs().get(1), HALF_ROOT);
                    case "mul_scalar" -> isScalar(scaled, HALF_ROOT);
                    case "div_scalar" -> isScalar(scaled, 1 / HALF_ROOT);
                    default -> false;
                };
        Node plusOne = source.onlyReader(erf.outputs().get(0), stage).orElse(null);
        if (!fits || plusOne == null || !addsOne(plusOne, erf.outputs().get(0))) {
            return Optional.empty();
        }
        Node first = source.onlyReader(plusOne.outputs().get(0), stage).orElse(null);
        if (first == null) {
            return Optional.empty();
        }
        Node second = source.onlyReader(first.outputs().get(0), stage).orElse(null);
        if (second == null) {
            return Optional.empty();
        }
        int sum = plusOne.outputs().get(0);
        int partial = first.outputs().get(0);
        boolean product =
                halves(first, sum) && timesX(second, partial, x)
                        || timesX(first, sum, x) && halves(second, partial);
        return product
                ? Optional.of(
                        composite(Activation.GELU, x, List.of(scaled, erf, plusOne, first, second)))
                : Optional.empty();
    }

    private boolean addsOne(Node node, int value) {
        return node.op().equals("add") && source.isAbout(Source.other(node, value), 1)
                || node.op().equals("add_scalar") && isScalar(node, 1);
    }

    private boolean halves(Node node, int value) {
        return node.op().equals("multiply") && source.isAbout(Source.other(node, value), 0.5)
                || node.op().equals("mul_scalar") && isScalar(node, 0.5);
    }

    private static boolean timesX(Node node, int value, int x) {
        return node.op().equals("multiply") && Source.other(node, value) == x;
    }

    private boolean isScalar(Node node, double number) {
        return Math.abs(Scalars.of(source.function(node)) - number) <= 1e-6 * number;
    }

    private Optional<Node> reader(Node node, String op) {
        return source.onlyReader(node.outputs().get(0), source.stage(node))
                .filter(reader -> reader.op().equals(op));
    }

    private static Composite composite(Activation activation, int x, List<Node> nodes) {
        return new Composite.Elementwise(
                nodes.stream().sorted(Comparator.comparing(Node::id)).toList(), activation, x);
    }
}
