// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.impl.transforms.IdentityN;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Puts a gate around the deep region: one graph that runs either side.
 *
 * <pre>
 *   before:  x ─ down0 ─┬─ deep ─ boundary ─┐
 *                       └────── skip ───────┴─ up0
 *
 *   after:   refresh, timestep, sample ─ identity_n ─ decision (predicate of every Switch)
 *            x ─ down0 ─┬─ Switch ─(true)─ deep ─ boundary ─┐
 *                       │        cache ─ Switch ─(false)────┴ Merge ─┐
 *                       └────────────────── skip ────────────────────┴─ up0
 * </pre>
 *
 * <p>Every activation or input that enters the deep region gets one Switch, however many operations
 * read it. Weights need none: one dead input makes an operation dead. A deep operation that reads
 * weights alone gets one on its first. An operation without inputs cannot be gated and runs always.
 *
 * <p>The {@code identity_n} is there for the listener: it runs before every Switch, and what it is
 * given (timestep and sample) is what the decision needs. SameDiff tells a listener of no input
 * earlier than that.
 *
 * @param output name of the prediction
 * @param boundary name of the tensor to cache
 * @param shape the boundary's sizes
 * @param sample name of the input for the noisy sample
 * @param timestep name of the input for the timestep; none if the network has none
 */
record AddGatePass(
        String output, String boundary, Shape shape, String sample, @Nullable String timestep)
        implements GraphPass {

    @Override
    public List<String> requires(SameDiff graph) {
        List<String> reasons = new ArrayList<>(CutDeepRegionPass.reasons(graph, output, boundary));
        for (String input : watched()) {
            if (!graph.hasVariable(input) || !graph.getVariable(input).isPlaceHolder()) {
                reasons.add("the graph has no input " + input);
            }
        }
        if (reasons.isEmpty()) {
            Set<String> needed = Cone.of(graph, List.of(output), Set.of()).tensors();
            watched().stream()
                    .filter(input -> !needed.contains(input))
                    .forEach(input -> reasons.add("the output does not need the input " + input));
        }
        if (graph.hasVariable(GateNames.DECISION)) {
            reasons.add("the graph has a gate already");
        }
        return reasons;
    }

    @Override
    public SameDiff apply(SameDiff graph) {
        SameDiff copy = GraphCopy.of(graph, List.of(output));
        Set<String> deep = Cone.deep(copy, output, boundary);
        List<SameDiffOp> readers =
                copy.getOps().values().stream()
                        .filter(op -> op.getInputsToOp() != null)
                        .filter(op -> op.getInputsToOp().contains(boundary))
                        .toList();
        List<SameDiffOp> deepOps =
                copy.getOps().values().stream().filter(op -> deep.contains(op.getName())).toList();
        Set<String> deepTensors = new HashSet<>();
        deepOps.forEach(op -> deepTensors.addAll(op.getOutputsOfOp()));
        SDVariable decision = decision(copy);
        Map<String, SDVariable> entered = new HashMap<>();
        deepOps.forEach(op -> gateInputs(copy, op, deepTensors, decision, entered));
        SDVariable cache =
                copy.constant(
                        GateNames.CACHE,
                        Nd4j.zeros(copy.getVariable(boundary).dataType(), shape.toArray()));
        SDVariable recalled = enter(copy, cache, decision)[0];
        SDVariable merged = copy.merge(GateNames.BOUNDARY, recalled, copy.getVariable(boundary));
        readers.forEach(reader -> replace(copy, reader, boundary, merged));
        return copy;
    }

    /** The inputs that tell calls and runs apart. */
    private List<String> watched() {
        return timestep == null ? List.of(sample) : List.of(sample, timestep);
    }

    private SDVariable decision(SameDiff copy) {
        SDVariable refresh = copy.constant(GateNames.REFRESH, Nd4j.scalar(true));
        SDVariable time =
                timestep == null
                        ? copy.constant(GateNames.NO_TIMESTEP, Nd4j.scalar(0f))
                        : copy.getVariable(timestep);
        SDVariable[] seen =
                new IdentityN(copy, new SDVariable[] {refresh, time, copy.getVariable(sample)})
                        .outputVariables();
        String[] names = {GateNames.DECISION, GateNames.TIMESTEP_SEEN, GateNames.SAMPLE_SEEN};
        for (int i = 0; i < names.length; i++) {
            seen[i].rename(names[i]);
        }
        return copy.getVariable(GateNames.DECISION);
    }

    private static void gateInputs(
            SameDiff copy,
            SameDiffOp op,
            Set<String> deepTensors,
            SDVariable decision,
            Map<String, SDVariable> entered) {
        List<String> inputs =
                op.getInputsToOp() == null ? List.of() : List.copyOf(op.getInputsToOp());
        boolean weightsOnly = inputs.stream().allMatch(input -> isWeight(copy, input));
        for (String input : inputs) {
            boolean gated =
                    weightsOnly
                            ? input.equals(inputs.get(0))
                            : !isWeight(copy, input) && !deepTensors.contains(input);
            if (gated) {
                SDVariable inside =
                        entered.computeIfAbsent(
                                input, name -> enter(copy, copy.getVariable(name), decision)[1]);
                replace(copy, op, input, inside);
            }
        }
    }

    /** A Switch on a tensor: its false side and its true side. */
    private static SDVariable[] enter(SameDiff copy, SDVariable tensor, SDVariable decision) {
        String base = tensor.name().startsWith(GateNames.PREFIX) ? "" : GateNames.PREFIX;
        String[] sides = {
            base + tensor.name() + "/when_cached", base + tensor.name() + "/when_full"
        };
        return copy.switchOp(sides, tensor, decision);
    }

    private static boolean isWeight(SameDiff graph, String name) {
        VariableType type = graph.getVariable(name).getVariableType();
        return type == VariableType.CONSTANT || type == VariableType.VARIABLE;
    }

    private static void replace(SameDiff graph, SameDiffOp op, String before, SDVariable after) {
        for (int i = 0; i < op.getInputsToOp().size(); i++) {
            if (op.getInputsToOp().get(i).equals(before)) {
                graph.replaceArgFor(i, after, op.getOp());
            }
        }
    }

    @Override
    public List<String> ensures(SameDiff result) {
        List<String> breaches = new ArrayList<>();
        Set<String> always =
                Cone.of(result, List.of(output), Set.of(GateNames.BOUNDARY)).operations();
        for (SameDiffOp op : result.getOps().values()) {
            if (always.contains(op.getName())
                    && op.getInputsToOp() != null
                    && op.getInputsToOp().contains(boundary)) {
                breaches.add("operation " + op.getName() + " reads the boundary past the gate");
            }
        }
        return breaches;
    }
}
