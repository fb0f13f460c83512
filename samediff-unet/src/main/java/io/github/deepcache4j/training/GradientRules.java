// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The gradient of one operation. Most are ND4J's own; those that are wrong, or slow, in M2.1 are
 * written here.
 *
 * <ul>
 *   <li>{@code batchnorm} is refused: M2.1 declares one result for a gradient that has three or
 *       five, and its native code reads a scale that may not be there.
 *   <li>{@code multiply}, {@code add}, {@code subtract} with an operand that is repeated over the
 *       batch: ND4J's gradient takes half of the time of a whole step.
 *   <li>{@code swish}: one tanh costs a fifth of ND4J's derivative.
 * </ul>
 */
final class GradientRules {

    private final SameDiff sameDiff;
    private final DataflowGraph graph;

    GradientRules(SameDiff sameDiff, DataflowGraph graph) {
        this.sameDiff = sameDiff;
        this.graph = graph;
    }

    /**
     * Gradients of the operands.
     *
     * @param incoming gradients of the results, each of the result's shape
     * @return one for each operand, null where there is none
     */
    List<@Nullable SDVariable> gradients(Node node, List<SDVariable> incoming) {
        return switch (node.op()) {
            case "multiply" -> {
                SDVariable g = incoming.get(0);
                yield List.of(
                        summed(g.mul(operand(node, 1)), node, 0),
                        summed(g.mul(operand(node, 0)), node, 1));
            }
            case "add" -> {
                SDVariable g = incoming.get(0);
                yield List.of(summed(g, node, 0), summed(g, node, 1));
            }
            case "subtract" -> {
                SDVariable g = incoming.get(0);
                yield List.of(summed(g, node, 0), summed(g.neg(), node, 1));
            }
            case "swish" -> List.of(silu(node, incoming.get(0)));
            case "batchnorm" ->
                    throw new IllegalArgumentException(
                            "its gradient is wrong in ND4J M2.1; write it as moments, multiply and"
                                    + " add");
            default -> stock(node, incoming);
        };
    }

    private List<@Nullable SDVariable> stock(Node node, List<SDVariable> incoming) {
        DifferentialFunction op = sameDiff.getOpById(node.name());
        List<SDVariable> outgoing = op.doDiff(incoming);
        if (outgoing.size() != node.inputs().size()) {
            List<@Nullable SDVariable> padded = new ArrayList<>(outgoing);
            // axes and shapes given as operands have no gradient
            while (padded.size() < node.inputs().size()) {
                padded.add(null);
            }
            return padded;
        }
        return List.copyOf(outgoing);
    }

    private SDVariable operand(Node node, int index) {
        return sameDiff.getVariable(graph.value(node.inputs().get(index)).name());
    }

    private Shape shape(int value) {
        return graph.value(value).shape();
    }

    /** Sums a gradient of the result over the axes along which an operand was repeated. */
    private SDVariable summed(SDVariable gradient, Node node, int index) {
        Shape result = shape(node.outputs().get(0));
        Shape operand = shape(node.inputs().get(index));
        if (operand.equals(result)) {
            return gradient;
        }
        int missing = result.rank() - operand.rank();
        int[] axes =
                java.util.stream.IntStream.range(0, result.rank())
                        .filter(
                                axis ->
                                        axis < missing
                                                || operand.size(axis - missing)
                                                        != result.size(axis))
                        .toArray();
        SDVariable sum = axes.length == 0 ? gradient : sameDiff.sum(gradient, false, axes);
        return sameDiff.reshape(sum, operand.toArray());
    }

    /** y = x s, s = sigmoid(x) = (1 + tanh(x / 2)) / 2; dy/dx = s + y (1 - s). */
    private SDVariable silu(Node node, SDVariable gradient) {
        SDVariable y = sameDiff.getVariable(graph.value(node.outputs().get(0)).name());
        SDVariable s = sameDiff.math().tanh(operand(node, 0).mul(0.5)).mul(0.5).add(0.5);
        return gradient.mul(s.add(y.sub(y.mul(s))));
    }
}
