// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises what exporters spell out in many nodes, and puts one node in its place. A fixed
 * sequence of rules, each tried once at every node, last node first.
 */
final class Patterns {

    /** x * sigmoid(x). */
    static final String SILU = "deepcache:Silu";

    /** alpha A' B', attributes alpha, transA, transB. */
    static final String SCALED_MATMUL = "deepcache:ScaledMatMul";

    /** Self-attention between the pixels of a feature map, with the normalisation before it. */
    static final String PIXEL_ATTENTION = "deepcache:PixelAttention";

    /** Marks a group normalisation whose scale has one element a channel, as from opset 21 on. */
    static final String PER_CHANNEL = "deepcache_per_channel";

    /** Finds a replacement for the node that ends the pattern. */
    @FunctionalInterface
    interface Rule {
        Optional<OnnxNode> match(OnnxNode end, Patterns graph);
    }

    private static final List<Rule> RULES =
            List.of(
                    new GroupNormPattern(),
                    new LayerNormPattern(),
                    new SiluPattern(),
                    new GeluPattern(),
                    new ScaledMatMulPattern(),
                    new PixelAttentionPattern());

    private final TensorFacts facts;
    private final Map<String, OnnxNode> producers = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();

    private Patterns(OnnxModel model, TensorFacts facts) {
        this.facts = facts;
        model.nodes()
                .forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        model.nodes()
                .forEach(
                        node -> node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum)));
        model.outputs().forEach(output -> uses.merge(output, 1, Integer::sum));
    }

    /** The model with patterns replaced and nodes that nothing needs left out. */
    static OnnxModel simplify(OnnxModel model, TensorFacts facts) {
        OnnxModel live = withoutDeadNodes(Repeats.bypass(model, facts), facts);
        for (Rule rule : RULES) {
            Patterns graph = new Patterns(live, facts);
            List<OnnxNode> nodes = new ArrayList<>();
            for (OnnxNode node : live.nodes()) {
                nodes.add(rule.match(node, graph).filter(graph::keepsShape).orElse(node));
            }
            live = withoutDeadNodes(live.withNodes(nodes), facts);
        }
        return live;
    }

    /**
     * Whether a replacement by one elementwise or normalising operator has the shape of what it
     * replaces: constants of more axes ({@code [1, 1, 1]}) give more axes to the result.
     */
    private boolean keepsShape(OnnxNode replacement) {
        return replacement.qualifiedOp().equals(SCALED_MATMUL)
                || facts.shape(replacement.inputs().get(0))
                        .equals(facts.shape(replacement.output()));
    }

    private static OnnxModel withoutDeadNodes(OnnxModel model, TensorFacts facts) {
        Set<String> wanted = new HashSet<>(model.outputs());
        List<OnnxNode> kept = new ArrayList<>();
        for (int i = model.nodes().size() - 1; i >= 0; i--) {
            OnnxNode node = model.nodes().get(i);
            boolean computed =
                    node.outputs().stream()
                            .anyMatch(
                                    output ->
                                            wanted.contains(output)
                                                    && facts.constant(output).isEmpty());
            if (computed) {
                kept.add(0, node);
                wanted.addAll(node.inputs());
            }
        }
        return model.withNodes(kept);
    }

    TensorFacts facts() {
        return facts;
    }

    /** The node that computes a tensor, if it is this operator. */
    Optional<OnnxNode> producer(String tensor, String op) {
        return Optional.ofNullable(producers.get(tensor))
                .filter(node -> node.qualifiedOp().equals(op));
    }

    /** The same, if nothing else reads the tensor. */
    Optional<OnnxNode> soleProducer(String tensor, String op) {
        return uses(tensor) == 1 ? producer(tensor, op) : Optional.empty();
    }

    /** How often a tensor is read, as a graph output too. */
    int uses(String tensor) {
        return uses.getOrDefault(tensor, 0);
    }

    /** The only element of a constant tensor. */
    Optional<Double> scalar(String tensor) {
        return facts.constant(tensor)
                .filter(array -> array.length() == 1)
                .map(array -> array.getDouble(0));
    }

    /**
     * The operand that a binary node combines with this constant (as the second operand, or either
     * if it commutes).
     */
    Optional<String> scaled(OnnxNode node, String op, double constant) {
        if (!node.qualifiedOp().equals(op) || node.inputs().size() != 2) {
            return Optional.empty();
        }
        for (int place = 1; place >= (op.equals("Div") ? 1 : 0); place--) {
            Optional<Double> value = scalar(node.inputs().get(place));
            if (value.isPresent() && Math.abs(value.get() - constant) < 1e-6) {
                return Optional.of(node.inputs().get(1 - place));
            }
        }
        return Optional.empty();
    }

    /** A binary node's other operand, given one of them. */
    static @Nullable String otherOperand(OnnxNode node, String operand) {
        int place = node.inputs().indexOf(operand);
        return place < 0 || node.inputs().size() != 2 ? null : node.inputs().get(1 - place);
    }

    /** A replacement that computes the same tensor as {@code end}. */
    static OnnxNode replacement(
            OnnxNode end, String qualifiedOp, List<String> inputs, Object... attributes) {
        int colon = qualifiedOp.indexOf(':');
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            values.put((String) attributes[i], attributes[i + 1]);
        }
        return new OnnxNode(
                end.name(),
                colon < 0 ? "" : qualifiedOp.substring(0, colon),
                qualifiedOp.substring(colon + 1),
                inputs,
                Arrays.asList(end.output()),
                values);
    }
}
