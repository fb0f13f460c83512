// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tensors that merely repeat an earlier one, so that their readers can read the earlier one.
 *
 * <pre>
 *   before:  x ─ Cast (to the type it has) ─ y             after:  x ─ y
 *
 *   before:  sin ─ Concat ─┬─ Slice [8:16] ─ Concat        after:  cos ─ Concat
 *            cos ───┘      └─ Slice [0:8] ───┘                     sin ───┘
 * </pre>
 *
 * <p>The second is how diffusers turns a time embedding's halves round ({@code flip_sin_to_cos}).
 * The nodes stay where something else, such as a graph output, still needs them.
 */
final class Repeats {

    private final TensorFacts facts;
    private final Map<String, OnnxNode> producers = new HashMap<>();
    private final Map<String, String> earlier = new HashMap<>();

    private Repeats(TensorFacts facts) {
        this.facts = facts;
    }

    /** The model with every reader moved to the earliest tensor of the same contents. O(nodes). */
    static OnnxModel bypass(OnnxModel model, TensorFacts facts) {
        Repeats repeats = new Repeats(facts);
        List<OnnxNode> nodes = new ArrayList<>();
        for (OnnxNode node : model.nodes()) {
            nodes.add(repeats.bypass(node));
        }
        return model.withNodes(nodes);
    }

    private OnnxNode bypass(OnnxNode node) {
        List<String> inputs =
                node.inputs().stream().map(name -> earlier.getOrDefault(name, name)).toList();
        OnnxNode moved =
                new OnnxNode(
                        node.name(),
                        node.domain(),
                        node.op(),
                        inputs,
                        node.outputs(),
                        node.attributes());
        moved.outputs().forEach(output -> producers.put(output, moved));
        repeated(moved).ifPresent(source -> earlier.put(moved.output(), source));
        return moved;
    }

    /** What a node repeats. */
    private Optional<String> repeated(OnnxNode node) {
        return switch (node.qualifiedOp()) {
            case "Identity" -> Optional.of(node.inputs().get(0));
            case "Cast" ->
                    Optional.of(node.inputs().get(0))
                            .filter(x -> facts.type(x) == facts.type(node.output()));
            case "Slice" -> joined(node);
            default -> Optional.empty();
        };
    }

    /** The operand of a concatenation that a slice takes out again, if it is exactly one. */
    private Optional<String> joined(OnnxNode slice) {
        OnnxNode concat = producers.get(slice.inputs().get(0));
        if (concat == null
                || !concat.qualifiedOp().equals("Concat")
                || !(concat.attributes().get("axis") instanceof Long declared)) {
            return Optional.empty();
        }
        long axis = positive(declared, facts.shape(concat.output()).rank());
        Optional<Long> sliced = single(slice, 3);
        Optional<Long> start = single(slice, 1);
        Optional<Long> step = slice.inputs().size() > 4 ? single(slice, 4) : Optional.of(1L);
        if (start.isEmpty()
                || sliced.isEmpty()
                || positive(sliced.get(), facts.shape(concat.output()).rank()) != axis
                || !step.equals(Optional.of(1L))) {
            return Optional.empty();
        }
        long size = facts.shape(concat.output()).size((int) axis);
        long begin = positive(start.get(), size);
        long place = 0;
        for (String part : concat.inputs()) {
            // the slice's own shape says where it ends
            if (place == begin && facts.shape(part).equals(facts.shape(slice.output()))) {
                return Optional.of(part);
            }
            place += facts.shape(part).size((int) axis);
        }
        return Optional.empty();
    }

    private static long positive(long index, long size) {
        return index < 0 ? index + size : index;
    }

    /** The only element of a constant operand. */
    private Optional<Long> single(OnnxNode node, int operand) {
        return node.inputs().size() <= operand
                ? Optional.empty()
                : facts.constant(node.inputs().get(operand))
                        .filter(array -> array.length() == 1)
                        .map(array -> array.getLong(0));
    }
}
