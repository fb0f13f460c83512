// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.CustomOp;

/**
 * Reads the part of a SameDiff graph that computes some outputs into a {@link DataflowGraph}.
 *
 * <p>Producers are indexed from the operations' own input and output lists; SameDiff's {@code
 * inputsForOp} lists hold dangling names after some imports.
 */
public final class GraphReader {

    private final SameDiff sameDiff;
    private final ShapeInference inference;
    private final Map<String, SameDiffOp> producers = new HashMap<>();
    private final Map<String, Integer> valueIds = new HashMap<>();
    private final List<Value> values = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private GraphReader(SameDiff sameDiff, Map<String, Shape> inputShapes) {
        this.sameDiff = sameDiff;
        this.inference = new ShapeInference(sameDiff, inputShapes);
        sameDiff.getOps()
                .values()
                .forEach(op -> op.getOutputsOfOp().forEach(output -> producers.put(output, op)));
    }

    /**
     * The dataflow graph of the outputs.
     *
     * @param inputShapes sizes of the placeholders; those declared with fixed sizes may be left out
     * @throws IllegalArgumentException if an output or an input's shape is unknown, or shapes do
     *     not fit together
     */
    public static DataflowGraph read(
            SameDiff sameDiff, List<String> outputs, Map<String, Shape> inputShapes) {
        GraphReader reader = new GraphReader(sameDiff, inputShapes);
        for (String output : outputs) {
            if (!sameDiff.hasVariable(output)) {
                throw new IllegalArgumentException("the graph has no tensor named " + output);
            }
            reader.visit(output);
        }
        return new DataflowGraph(
                reader.nodes, reader.values, outputs.stream().map(reader.valueIds::get).toList());
    }

    /** Depth-first, with its own stack: graphs are thousands of operations deep. */
    private void visit(String output) {
        Deque<String> pending = new ArrayDeque<>(List.of(output));
        Set<SameDiffOp> open = new HashSet<>();
        while (!pending.isEmpty()) {
            String name = pending.peek();
            SameDiffOp producer = producers.get(name);
            if (valueIds.containsKey(name)) {
                pending.pop();
            } else if (producer == null) {
                addValue(name);
                pending.pop();
            } else if (open.add(producer)) {
                List<String> inputs = inputs(producer);
                for (int i = inputs.size() - 1; i >= 0; i--) {
                    if (!valueIds.containsKey(inputs.get(i))) {
                        SameDiffOp before = producers.get(inputs.get(i));
                        if (before != null && open.contains(before)) {
                            throw new IllegalArgumentException(
                                    "the graph has a cycle through operation " + before.getName());
                        }
                        pending.push(inputs.get(i));
                    }
                }
            } else {
                addNode(producer);
                pending.pop();
            }
        }
    }

    private static List<String> inputs(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    private int addValue(String name) {
        SDVariable variable = sameDiff.getVariable(name);
        Value.Kind kind =
                switch (variable.getVariableType()) {
                    case PLACEHOLDER -> Value.Kind.INPUT;
                    case CONSTANT, VARIABLE -> Value.Kind.CONSTANT;
                    default -> Value.Kind.ACTIVATION;
                };
        int id = values.size();
        values.add(new Value(id, name, kind, variable.dataType(), inference.shape(name)));
        valueIds.put(name, id);
        return id;
    }

    private void addNode(SameDiffOp op) {
        List<Integer> inputs = inputs(op).stream().map(valueIds::get).toList();
        List<Integer> outputs = op.getOutputsOfOp().stream().map(this::addValue).toList();
        nodes.add(
                new Node(
                        nodes.size(),
                        op.getName(),
                        op.getOp().opName(),
                        inputs,
                        outputs,
                        integers(op.getOp())));
    }

    private static List<Long> integers(DifferentialFunction function) {
        if (function instanceof CustomOp op) {
            return Arrays.stream(op.iArgs()).boxed().toList();
        }
        int[] dimensions = function.getDimensions();
        return dimensions == null
                ? List.of()
                : Arrays.stream(dimensions).asLongStream().boxed().toList();
    }
}
