// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * Which operations and tensors some tensors are computed from.
 *
 * <p>Indexed by the operations' own lists, since the variables' lists dangle after some imports.
 *
 * @param operations names of operations
 * @param tensors names of tensors that they read, with the targets
 */
record Cone(Set<String> operations, Set<String> tensors) {

    /** All that the targets need when the given tensors are known. O(operations). */
    static Cone of(SameDiff graph, List<String> targets, Set<String> given) {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp op : graph.getOps().values()) {
            names(op.getOutputsOfOp()).forEach(output -> producers.put(output, op));
        }
        Set<String> operations = new LinkedHashSet<>();
        Set<String> tensors = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(targets);
        while (!open.isEmpty()) {
            String tensor = open.pop();
            SameDiffOp producer = producers.get(tensor);
            if (tensors.add(tensor)
                    && !given.contains(tensor)
                    && producer != null
                    && operations.add(producer.getName())) {
                open.addAll(names(producer.getInputsToOp()));
            }
        }
        return new Cone(operations, tensors);
    }

    /** Operations needed for the boundary and for nothing else: the deep region. */
    static Set<String> deep(SameDiff graph, String output, String boundary) {
        Set<String> deep = new LinkedHashSet<>(of(graph, List.of(boundary), Set.of()).operations());
        deep.removeAll(of(graph, List.of(output), Set.of(boundary)).operations());
        return deep;
    }

    private static List<String> names(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }
}
