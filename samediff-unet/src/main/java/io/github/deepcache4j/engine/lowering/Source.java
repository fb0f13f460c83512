// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * What recognisers and rules ask about the graph that is lowered: nodes, their arguments, and the
 * contents of what is fixed.
 */
final class Source {

    private final DataflowGraph graph;
    private final SameDiff sameDiff;
    private final Staging staging;
    private final Map<Integer, INDArray> constants = new HashMap<>();
    private final Set<Integer> visible;

    /**
     * @param visible ids of the values that somebody outside sees, so that they must be computed as
     *     they are
     */
    Source(DataflowGraph graph, SameDiff sameDiff, Staging staging, Set<Integer> visible) {
        this.graph = graph;
        this.sameDiff = sameDiff;
        this.staging = staging;
        this.visible = new HashSet<>(visible);
        graph.values().stream()
                .filter(Value::isConstant)
                .forEach(
                        value ->
                                constants.put(
                                        value.id(), sameDiff.getVariable(value.name()).getArr()));
    }

    DataflowGraph graph() {
        return graph;
    }

    DifferentialFunction function(Node node) {
        return Objects.requireNonNull(sameDiff.getOps().get(node.name())).getOp();
    }

    int stage(Node node) {
        return staging.ofNode().get(node.id());
    }

    Shape shape(int value) {
        return graph.value(value).shape();
    }

    /** Contents of a constant, or of what was computed from constants alone. */
    @Nullable INDArray constant(int value) {
        return constants.get(value);
    }

    void fold(int value, INDArray contents) {
        constants.put(value, contents);
    }

    boolean isVisible(int value) {
        return visible.contains(value);
    }

    long integer(Node node, int argument) {
        return node.integers().get(argument);
    }

    /** A floating-point argument of the operation. */
    double real(Node node, int argument, double otherwise) {
        double[] reals = ((DynamicCustomOp) function(node)).tArgs();
        return argument < reals.length ? reals[argument] : otherwise;
    }

    /** The node that computes a value with this operation, if there is one in the same stage. */
    Optional<Node> producer(int value, String op, int stage) {
        return graph.producer(value).filter(node -> node.op().equals(op) && stage(node) == stage);
    }

    /** The only node that reads a value, if it is in the same stage and nobody else sees it. */
    Optional<Node> onlyReader(int value, int stage) {
        List<Integer> readers = graph.consumers(value);
        if (readers.size() != 1 || isVisible(value)) {
            return Optional.empty();
        }
        return Optional.of(graph.node(readers.get(0))).filter(node -> stage(node) == stage);
    }

    /** The other operand of a node with two. */
    static int other(Node node, int value) {
        return node.inputs().get(0) == value ? node.inputs().get(1) : node.inputs().get(0);
    }

    /** Whether all elements of a constant are this number. */
    boolean isAll(int value, double number) {
        INDArray array = constant(value);
        return array != null
                && array.length() > 0
                && array.minNumber().doubleValue() == number
                && array.maxNumber().doubleValue() == number;
    }

    /** Whether a value is the same number everywhere, up to the rounding of single precision. */
    boolean isAbout(int value, double number) {
        INDArray array = constant(value);
        return array != null
                && array.length() == 1
                && Math.abs(array.getDouble(0) - number) <= 1e-6 * Math.abs(number);
    }
}
