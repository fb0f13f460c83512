// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * Renames many computed tensors of a graph at once, and names each operation after its first
 * output, as SameDiff does.
 *
 * <p>{@code SameDiff.renameVariable} renames one at a time and leaves operation names alone.
 * O(operations + variables).
 */
final class Renaming {

    private Renaming() {}

    static SameDiff apply(SameDiff sameDiff, Map<String, String> names) {
        Map<String, String> opNames = new HashMap<>();
        List<SameDiffOp> ops = new ArrayList<>(sameDiff.getOps().values());
        for (SameDiffOp op : ops) {
            String first = op.getOutputsOfOp().get(0);
            opNames.put(op.getName(), names.getOrDefault(first, first));
        }
        List<Variable> variables = new ArrayList<>(sameDiff.getVariables().values());
        sameDiff.getVariables().clear();
        for (Variable variable : variables) {
            String name = names.getOrDefault(variable.getName(), variable.getName());
            variable.setName(name);
            variable.getVariable().setVarName(name);
            variable.setOutputOfOp(
                    variable.getOutputOfOp() == null
                            ? null
                            : opNames.get(variable.getOutputOfOp()));
            variable.setInputsForOp(renamed(variable.getInputsForOp(), opNames));
            if (sameDiff.getVariables().put(name, variable) != null) {
                throw new IllegalStateException("two tensors would be named " + name);
            }
        }
        sameDiff.getOps().clear();
        for (SameDiffOp op : ops) {
            String name = opNames.get(op.getName());
            op.setName(name);
            op.getOp().setOwnName(name);
            op.setInputsToOp(renamed(op.getInputsToOp(), names));
            op.setOutputsOfOp(renamed(op.getOutputsOfOp(), names));
            sameDiff.getOps().put(name, op);
        }
        return sameDiff;
    }

    private static @Nullable List<String> renamed(
            @Nullable List<String> list, Map<String, String> names) {
        if (list == null) {
            return null;
        }
        List<String> result = new ArrayList<>();
        list.forEach(name -> result.add(names.getOrDefault(name, name)));
        return result;
    }
}
