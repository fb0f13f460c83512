// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which nodes become one step.
 *
 * <pre>
 *   conv2d ─ add residual ─ swish          one convolution with two post-ops
 *   tensordot ─ add bias ─ split ─┬─────── multiply     two products on halves of the weights,
 *                                 └─ gelu ─┘            the first multiplied by the second
 *   reshape ─ moments ─ batchnorm ─ reshape ─ batchnorm ─ swish     one group norm
 * </pre>
 *
 * A node joins only if nobody else reads what is between, and within one stage.
 */
final class Fusion {

    private final Source source;
    private final BitSet taken = new BitSet();
    private final Map<Integer, List<Unit>> unitsByEnd = new HashMap<>();
    private final Map<Integer, Composite.Elementwise> activations = new HashMap<>();

    private Fusion(Source source) {
        this.source = source;
    }

    static Fusion of(Source source) {
        Fusion fusion = new Fusion(source);
        fusion.composites();
        for (Node node : source.graph().nodes()) {
            if (!fusion.taken.get(node.id()) && isProduct(source, node)) {
                fusion.product(node);
            }
        }
        for (Composite.Elementwise left : fusion.activations.values()) {
            if (!fusion.taken.get(left.nodes().get(0).id())) {
                fusion.claim(Unit.of(left));
            }
        }
        return fusion;
    }

    /** Units that run at the place of this node; empty if it is inside of one, or on its own. */
    List<Unit> endingAt(Node node) {
        return unitsByEnd.getOrDefault(node.id(), List.of());
    }

    /** Whether some unit does this node. */
    boolean covers(Node node) {
        return taken.get(node.id());
    }

    private static boolean isProduct(Source source, Node node) {
        return switch (node.op()) {
            case "conv2d" -> Convolutions.fits(source, node);
            case "matmul", "mmul", "tensordot", "tensormmul" -> Products.fits(source, node);
            default -> false;
        };
    }

    private void composites() {
        NormPattern norms = new NormPattern(source);
        ActivationPattern functions = new ActivationPattern(source);
        for (Node node : source.graph().nodes()) {
            norms.at(node).filter(this::isFree).map(Unit::of).ifPresent(this::claim);
            functions
                    .at(node)
                    .map(Composite.Elementwise.class::cast)
                    .filter(this::isFree)
                    .ifPresent(found -> activations.put(found.input(), found));
        }
    }

    private boolean isFree(Composite composite) {
        return composite.nodes().stream().noneMatch(node -> taken.get(node.id()));
    }

    private void claim(Unit unit) {
        unit.nodes().forEach(node -> taken.set(node.id()));
        unitsByEnd.computeIfAbsent(unit.last().id(), key -> new ArrayList<>()).add(unit);
    }

    private void product(Node anchor) {
        Unit unit = Unit.of(anchor);
        if (anchor.op().equals("conv2d")) {
            Convolutions.padding(source, anchor)
                    .ifPresent(pad -> unit.grow(List.of(pad), unit.result()));
        }
        extend(unit);
        Optional<Node> split = columnSplit(unit);
        if (split.isEmpty()) {
            claim(unit);
            return;
        }
        unit.nodes().forEach(node -> taken.set(node.id()));
        taken.set(split.get().id());
        for (int part = 0; part < split.get().outputs().size(); part++) {
            Unit piece = unit.part(split.get(), part);
            extend(piece);
            claim(piece);
        }
    }

    /** A split of the last axis that is all that reads a linear layer. */
    private Optional<Node> columnSplit(Unit unit) {
        Node anchor = unit.anchor();
        if (anchor == null || !unit.after().isEmpty() || !Products.isLinear(source, anchor)) {
            return Optional.empty();
        }
        int rank = source.shape(unit.result()).rank();
        return source.onlyReader(unit.result(), source.stage(anchor))
                .filter(node -> node.op().equals("split") && !taken.get(node.id()))
                .filter(node -> node.inputs().size() == 1 && node.integers().size() == 2)
                .filter(node -> Math.floorMod(node.integers().get(1), (long) rank) == rank - 1);
    }

    private void extend(Unit unit) {
        while (step(unit)) {
            // one more node joined
        }
    }

    private boolean step(Unit unit) {
        int value = unit.result();
        int stage = source.stage(unit.last());
        Composite.Elementwise function = activations.get(value);
        if (function != null
                && !source.isVisible(value)
                && isFree(function)
                && source.stage(function.nodes().get(0)) == stage
                && function.nodes().stream()
                        .map(Node::id)
                        .toList()
                        .containsAll(source.graph().consumers(value))) {
            Node last = function.nodes().get(function.nodes().size() - 1);
            unit.then(new Unit.After(null, -1, function.activation()));
            unit.grow(function.nodes(), last.outputs().get(0));
            return true;
        }
        Node next = source.onlyReader(value, stage).orElse(null);
        if (next == null || taken.get(next.id())) {
            return false;
        }
        Optional<Activation> activation = Elementwise.activation(source, next);
        if (activation.isPresent()) {
            unit.then(new Unit.After(null, -1, activation.get()));
            unit.grow(List.of(next), next.outputs().get(0));
            return true;
        }
        return (next.op().equals("add") || next.op().equals("multiply")) && combine(unit, next);
    }

    private boolean combine(Unit unit, Node next) {
        int value = unit.result();
        int other = Source.other(next, value);
        Shape shape = source.shape(value);
        if (other == value || !source.shape(next.outputs().get(0)).equals(shape)) {
            return false;
        }
        boolean add = next.op().equals("add");
        boolean product = !java.util.Objects.requireNonNull(unit.anchor()).op().equals("conv2d");
        boolean linear = product && Products.isLinear(source, unit.anchor());
        if (add && linear && unit.bias() < 0 && unit.after().isEmpty() && isRow(other, shape)) {
            unit.bias(other);
        } else if (source.shape(other).equals(shape)
                && source.graph().value(other).type().isFPType()
                && (!product || linear)) {
            unit.then(new Unit.After(add ? BinaryKind.ADD : BinaryKind.MULTIPLY, other, null));
        } else {
            return false;
        }
        unit.grow(List.of(next), next.outputs().get(0));
        return true;
    }

    /** Whether a constant is one row that is the same for all. */
    private boolean isRow(int value, Shape shape) {
        Shape row = source.shape(value);
        return source.constant(value) != null
                && row.rank() > 0
                && row.elements() == shape.size(-1)
                && row.size(-1) == shape.size(-1);
    }
}
