// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * Takes out operations that no output needs, and constants that no operation reads, and lists each
 * tensor's readers. Inputs stay.
 *
 * <pre>
 *   before:  x ─┬─ op ─ out        after:  x ─ op ─ out
 *               └─ op ─ op
 * </pre>
 *
 * <p>Works in place on a graph that is being built. O(operations + variables).
 */
final class DropDeadOps {

    private DropDeadOps() {}

    /**
     * @param outputs variable names
     */
    static void apply(SameDiff sameDiff, Collection<String> outputs) {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp op : sameDiff.getOps().values()) {
            op.getOutputsOfOp().forEach(output -> producers.put(output, op));
        }
        Set<String> needed = new HashSet<>(outputs);
        Set<String> live = new HashSet<>();
        Deque<String> left = new ArrayDeque<>(outputs);
        while (!left.isEmpty()) {
            SameDiffOp op = producers.get(left.pop());
            if (op != null && live.add(op.getName())) {
                needed.addAll(op.getOutputsOfOp());
                for (String input : inputs(op)) {
                    if (needed.add(input)) {
                        left.push(input);
                    }
                }
            }
        }
        sameDiff.getOps().keySet().retainAll(live);
        Map<String, List<String>> readers = readers(sameDiff);
        for (Variable variable : new ArrayList<>(sameDiff.getVariables().values())) {
            SDVariable sdVariable = variable.getVariable();
            if (!needed.contains(variable.getName()) && !sdVariable.isPlaceHolder()) {
                sameDiff.getVariables().remove(variable.getName());
                if (sdVariable.isConstant()) {
                    sameDiff.getConstantArrays().removeArray(variable.getName());
                }
            } else {
                variable.setInputsForOp(readers.get(variable.getName()));
            }
        }
    }

    private static Map<String, List<String>> readers(SameDiff sameDiff) {
        Map<String, List<String>> readers = new HashMap<>();
        for (SameDiffOp op : sameDiff.getOps().values()) {
            for (String input : new LinkedHashSet<>(inputs(op))) {
                readers.computeIfAbsent(input, name -> new ArrayList<>()).add(op.getName());
            }
        }
        return readers;
    }

    private static List<String> inputs(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }
}
