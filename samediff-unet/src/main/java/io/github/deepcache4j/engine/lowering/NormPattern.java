// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds group norms and layer norms in the form of {@link io.github.deepcache4j.graph.Composites},
 * by their last batch norm: the one that has mean 0 and variance 1 and only scales and shifts.
 *
 * <p>Importers merge chains of reshapes, so the reshapes around the norm may lead to other shapes
 * than the composite was written with. They move no element, so it does not matter.
 */
final class NormPattern {

    private final Source source;

    NormPattern(Source source) {
        this.source = source;
    }

    /** The nodes that normalise, in front of a batch norm that scales and shifts. */
    private record Core(List<Node> nodes, int input, Shape grouped, double epsilon) {}

    Optional<Composite> at(Node scale) {
        if (!scale.op().equals("batchnorm")
                || scale.inputs().size() != 5
                || !source.isAll(scale.inputs().get(1), 0)
                || !source.isAll(scale.inputs().get(2), 1)
                || source.real(scale, 0, 0) != 0
                || source.constant(scale.inputs().get(3)) == null
                || source.constant(scale.inputs().get(4)) == null) {
            return Optional.empty();
        }
        long axis = source.integer(scale, source.graph().node(scale.id()).integers().size() - 1);
        int stage = source.stage(scale);
        int normal = scale.inputs().get(0);
        Shape shape = source.shape(normal);
        if (axis == 1) {
            Optional<Node> reshape = source.producer(normal, "reshape", stage);
            int before = reshape.map(node -> node.inputs().get(0)).orElse(normal);
            return core(before, stage)
                    .filter(core -> core.grouped().size(1) % shape.size(0) == 0)
                    .map(core -> groupNorm(core, reshape.orElse(null), scale, shape));
        }
        if (axis == shape.rank() - 1 && shape.rank() == 4 && shape.size(0) * shape.size(2) == 1) {
            return core(normal, stage).map(core -> layerNorm(core, scale, shape));
        }
        return Optional.empty();
    }

    private Optional<Core> core(int normal, int stage) {
        Node norm = source.producer(normal, "batchnorm", stage).orElse(null);
        if (norm == null
                || norm.inputs().size() != 3
                || source.onlyReader(normal, stage).isEmpty()) {
            return Optional.empty();
        }
        int grouped = norm.inputs().get(0);
        Node moments = source.producer(norm.inputs().get(1), "moments", stage).orElse(null);
        Shape shape = source.shape(grouped);
        if (moments == null
                || !moments.inputs().equals(List.of(grouped))
                || !moments.outputs().equals(norm.inputs().subList(1, 3))
                || !moments.integers().equals(List.of(0L, 2L, 3L))
                || shape.rank() != 4
                || shape.size(0) != 1
                || norm.integers().get(norm.integers().size() - 1) != 1
                || moments.outputs().stream()
                        .anyMatch(output -> source.onlyReader(output, stage).isEmpty())) {
            return Optional.empty();
        }
        List<Node> nodes = new ArrayList<>(List.of(moments, norm));
        int input = grouped;
        Node reshape = source.producer(grouped, "reshape", stage).orElse(null);
        if (reshape != null
                && source.graph().consumers(grouped).size() == 2
                && !source.isVisible(grouped)) {
            nodes.add(0, reshape);
            input = reshape.inputs().get(0);
        }
        return Optional.of(new Core(nodes, input, shape, source.real(norm, 0, 1e-5)));
    }

    private Composite groupNorm(Core core, @Nullable Node reshape, Node scale, Shape shape) {
        List<Node> nodes = new ArrayList<>(core.nodes());
        if (reshape != null
                && source.onlyReader(reshape.outputs().get(0), source.stage(scale)).isPresent()) {
            nodes.add(reshape);
        }
        nodes.add(scale);
        int input = core.input();
        int offset = -1;
        Optional<Node> add = offsetAdd(input, shape, source.stage(scale));
        if (add.isPresent()) {
            nodes.add(0, add.get());
            boolean second = isOffset(add.get().inputs().get(1), shape);
            offset = add.get().inputs().get(second ? 1 : 0);
            input = add.get().inputs().get(second ? 0 : 1);
        }
        Activation then = null;
        Optional<Node> silu =
                source.onlyReader(scale.outputs().get(0), source.stage(scale))
                        .filter(node -> node.op().equals("swish"));
        if (silu.isPresent()) {
            nodes.add(silu.get());
            then = Activation.SILU;
        }
        nodes.sort(Comparator.comparing(Node::id));
        return new Composite.GroupNorm(
                nodes,
                input,
                offset,
                shape,
                scale.inputs().get(3),
                scale.inputs().get(4),
                core.grouped().size(1) / shape.size(0),
                core.epsilon(),
                then);
    }

    /** The addition of a time embedding that only the norm reads. */
    private Optional<Node> offsetAdd(int input, Shape shape, int stage) {
        return source.producer(input, "add", stage)
                .filter(node -> source.onlyReader(input, stage).isPresent())
                .filter(node -> source.shape(input).equals(shape))
                .filter(
                        node ->
                                isOffset(node.inputs().get(0), shape)
                                        != isOffset(node.inputs().get(1), shape));
    }

    private boolean isOffset(int value, Shape shape) {
        Shape offset = source.shape(value);
        return shape.rank() == 4
                && offset.rank() == 4
                && offset.elements() == offset.size(0) * offset.size(1)
                && offset.size(1) == shape.size(1)
                && (offset.size(0) == shape.size(0) || offset.size(0) == 1)
                && !offset.equals(shape);
    }

    private static Composite layerNorm(Core core, Node scale, Shape shape) {
        List<Node> nodes = new ArrayList<>(core.nodes());
        nodes.add(scale);
        nodes.sort(Comparator.comparing(Node::id));
        return new Composite.LayerNorm(
                nodes,
                core.input(),
                Shape.of(shape.size(1), shape.size(3)),
                scale.inputs().get(3),
                scale.inputs().get(4),
                core.epsilon());
    }
}
