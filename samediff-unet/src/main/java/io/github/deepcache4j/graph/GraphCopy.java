// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies the part of a SameDiff graph that computes some outputs into a new SameDiff, which shares
 * the weight arrays: the same {@link INDArray} objects, no bytes copied.
 *
 * <p>Names survive, and so does every result, bit for bit. {@code SameDiff.dup()} would serialise
 * the whole graph with its weights, which ends at 2 GB. Weights are held in {@link
 * SingleThreadArrayHolder}: the default holder keeps a second copy of every array that is put into
 * it. O(operations × variables), because M2.1 lists all variables to serialise one operation; about
 * a second for 2,000 operations.
 */
public final class GraphCopy {

    /**
     * A tensor of the source that the copy is given instead of computing it.
     *
     * @param tensor name in the source
     * @param placeholder name of the placeholder in the copy that takes its place
     * @param type element type
     * @param shape sizes
     */
    public record Cut(String tensor, String placeholder, DataType type, Shape shape) {

        /** A cut whose placeholder has the tensor's name. */
        public static Cut at(String tensor, DataType type, Shape shape) {
            return new Cut(tensor, tensor, type, shape);
        }
    }

    private final SameDiff source;
    private final Map<String, Cut> cuts = new LinkedHashMap<>();
    private final Map<String, SameDiffOp> producers = new HashMap<>();
    private final SameDiff target = SameDiff.create();
    private final ArrayHolder weights = new SingleThreadArrayHolder();
    private final ArrayHolder constants = new SingleThreadArrayHolder();

    private GraphCopy(SameDiff source, List<Cut> cuts) {
        this.source = source;
        cuts.forEach(cut -> this.cuts.put(cut.tensor(), cut));
        // Variables name their producers too, but those entries dangle in imported graphs.
        for (SameDiffOp entry : source.getOps().values()) {
            outputs(entry).forEach(output -> producers.put(output, entry));
        }
        target.setArrayHolders(weights, constants, false);
    }

    /**
     * The part that computes the outputs.
     *
     * @param source is only read
     * @param outputs names of tensors to compute
     * @throws IllegalArgumentException if an output is unknown or an operation cannot be copied
     */
    public static SameDiff of(SameDiff source, List<String> outputs) {
        return of(source, outputs, List.of());
    }

    /**
     * The part that computes the outputs when the cut tensors are given.
     *
     * @throws IllegalArgumentException if an output or a cut is unknown, a placeholder's name is
     *     taken, or an operation cannot be copied
     */
    public static SameDiff of(SameDiff source, List<String> outputs, List<Cut> cuts) {
        List<String> unknown = new ArrayList<>(outputs);
        cuts.forEach(cut -> unknown.add(cut.tensor()));
        unknown.removeIf(source::hasVariable);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the graph has no tensor named " + unknown);
        }
        return new GraphCopy(source, cuts).copy(outputs);
    }

    /**
     * Operations that stock {@code SameDiff.save} would write without some of their arguments, so
     * that the loaded graph computes something else.
     *
     * @return names, empty if the graph can be saved; a copy in memory is right either way
     */
    public static List<String> lostOnSave(SameDiff graph) {
        OpClone clones = OpClone.from(graph);
        return graph.getOps().values().stream()
                .filter(entry -> !clones.survivesSaving(entry))
                .map(entry -> entry.getName() + " (" + entry.getOp().opName() + ")")
                .toList();
    }

    private SameDiff copy(List<String> outputs) {
        Set<String> variables = new LinkedHashSet<>();
        Set<String> needed = new LinkedHashSet<>();
        collect(outputs, variables, needed);
        variables.forEach(this::declare);
        OpClone clones = OpClone.from(source);
        source.getOps().values().stream()
                .filter(entry -> needed.contains(entry.getName()))
                .forEach(entry -> add(entry, clones));
        return target;
    }

    /** Walks backwards from the outputs and stops at the cuts. */
    private void collect(List<String> outputs, Set<String> variables, Set<String> needed) {
        Deque<String> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!variables.add(name) || cuts.containsKey(name)) {
                continue;
            }
            SameDiffOp entry = producers.get(name);
            if (entry != null && needed.add(entry.getName())) {
                refuseControlDependencies(entry);
                open.addAll(inputs(entry));
                open.addAll(outputs(entry));
            }
        }
    }

    private void declare(String name) {
        Cut cut = cuts.get(name);
        if (cut != null) {
            String placeholder = cut.placeholder();
            boolean taken = !placeholder.equals(name) && source.hasVariable(placeholder);
            if (taken || target.hasVariable(placeholder)) {
                throw new IllegalArgumentException(
                        "the graph already has a tensor named " + placeholder);
            }
            target.placeHolder(placeholder, cut.type(), cut.shape().toArray());
            return;
        }
        SDVariable variable = source.getVariable(name);
        VariableType type = variable.getVariableType();
        if (type == VariableType.SEQUENCE) {
            throw new IllegalArgumentException(
                    "tensor " + name + " is a sequence; sequences cannot be copied");
        }
        if (type == VariableType.ARRAY && !producers.containsKey(name)) {
            throw new IllegalArgumentException("no operation computes the tensor " + name);
        }
        long[] shape = type == VariableType.ARRAY ? null : variable.getShape();
        SDVariable twin =
                new SDVariable(
                        name,
                        type,
                        target,
                        shape == null ? null : shape.clone(),
                        variable.dataType());
        target.addVariable(twin);
        if (type == VariableType.CONSTANT) {
            constants.setArray(name, array(source.getConstantArrays(), name));
        } else if (type == VariableType.VARIABLE) {
            weights.setArray(name, array(source.getVariablesArrays(), name));
        }
    }

    private static INDArray array(ArrayHolder holder, String name) {
        INDArray array = holder.getArray(name);
        if (array == null) {
            throw new IllegalArgumentException("the weight " + name + " has no array");
        }
        return array;
    }

    private void add(SameDiffOp entry, OpClone clones) {
        DifferentialFunction clone = clones.of(entry);
        String name = entry.getName();
        clone.setOwnName(name);
        clone.setSameDiff(target);
        target.getOps().put(name, SameDiffOp.builder().name(name).op(clone).build());
        String[] inputs =
                inputs(entry).stream()
                        .map(
                                input ->
                                        cuts.containsKey(input)
                                                ? cuts.get(input).placeholder()
                                                : input)
                        .toArray(String[]::new);
        target.addArgsFor(inputs, clone);
        // An operation with several outputs may be needed although one of them is cut.
        List<String> outputs = new ArrayList<>(outputs(entry));
        outputs.replaceAll(output -> cuts.containsKey(output) ? spare(output) : output);
        target.addOutgoingFor(outputs.toArray(String[]::new), clone);
        clone.configureWithSameDiff(target);
    }

    /** A name for an output that nobody reads, since a placeholder took its place. */
    private String spare(String output) {
        String name = output + "/uncut";
        SDVariable unread =
                new SDVariable(
                        name,
                        VariableType.ARRAY,
                        target,
                        null,
                        source.getVariable(output).dataType());
        target.addVariable(unread);
        return name;
    }

    private static void refuseControlDependencies(SameDiffOp entry) {
        if (!isEmpty(entry.getControlDeps()) || !isEmpty(entry.getVarControlDeps())) {
            throw new IllegalArgumentException(
                    "operation "
                            + entry.getName()
                            + " has control dependencies; only graphs without them can be copied");
        }
    }

    private static boolean isEmpty(@Nullable List<String> names) {
        return names == null || names.isEmpty();
    }

    private static List<String> inputs(SameDiffOp entry) {
        return entry.getInputsToOp() == null ? List.of() : entry.getInputsToOp();
    }

    private static List<String> outputs(SameDiffOp entry) {
        return entry.getOutputsOfOp() == null ? List.of() : entry.getOutputsOfOp();
    }
}
