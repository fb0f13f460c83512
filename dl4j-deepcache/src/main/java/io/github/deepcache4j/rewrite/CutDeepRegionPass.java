// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * Replaces the deep region by a placeholder for its cached result: the graph of a cached step.
 *
 * <pre>
 *   before:  x ─ down0 ─┬─ deep ─ boundary ─┐        after:  x ─ down0 ─────────┐
 *                       └────── skip ───────┴─ up0                   boundary ─┴─ up0
 * </pre>
 *
 * The placeholder has the boundary's name. DeepCache, Ma et al. 2024, figure 3.
 *
 * @param output name of the prediction
 * @param boundary name of the tensor to cut at
 * @param shape the boundary's sizes
 */
record CutDeepRegionPass(String output, String boundary, Shape shape) implements GraphPass {

    @Override
    public List<String> requires(SameDiff graph) {
        return reasons(graph, output, boundary);
    }

    /** Why a graph cannot be cut there. */
    static List<String> reasons(SameDiff graph, String output, String boundary) {
        List<String> reasons = new ArrayList<>();
        for (String name : List.of(output, boundary)) {
            if (!graph.hasVariable(name)) {
                reasons.add("the graph has no tensor " + name);
            }
        }
        if (!reasons.isEmpty()) {
            return reasons;
        }
        SDVariable cut = graph.getVariable(boundary);
        if (cut.getVariableType() != VariableType.ARRAY) {
            reasons.add(
                    "the boundary "
                            + boundary
                            + " is a "
                            + cut.getVariableType()
                            + ", not computed");
        } else if (!cut.dataType().isFPType()) {
            reasons.add("the boundary " + boundary + " holds " + cut.dataType() + ", not features");
        } else if (boundary.equals(output)) {
            reasons.add("the boundary " + boundary + " is the output itself");
        } else if (!Cone.of(graph, List.of(output), Set.of()).tensors().contains(boundary)) {
            reasons.add("the output " + output + " does not depend on the boundary " + boundary);
        } else if (!Cone.of(graph, List.of(output), Set.of(boundary)).tensors().contains(boundary)
                || Cone.deep(graph, output, boundary).isEmpty()) {
            reasons.add(
                    "everything before the boundary "
                            + boundary
                            + " is needed without it too, so nothing would be saved");
        }
        return reasons;
    }

    @Override
    public SameDiff apply(SameDiff graph) {
        GraphCopy.Cut cut =
                GraphCopy.Cut.at(boundary, graph.getVariable(boundary).dataType(), shape);
        return GraphCopy.of(graph, List.of(output), List.of(cut));
    }

    @Override
    public List<String> ensures(SameDiff result) {
        return result.inputs().contains(boundary)
                ? List.of()
                : List.of("the boundary " + boundary + " is no input of the cached graph");
    }
}
