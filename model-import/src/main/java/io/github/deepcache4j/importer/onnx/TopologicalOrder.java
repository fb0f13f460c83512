// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes of a graph, each after those whose outputs it reads. */
final class TopologicalOrder {

    private TopologicalOrder() {}

    /**
     * Kahn's algorithm, keeping the file's order among nodes that are ready; O(nodes + edges).
     *
     * @param known tensors that no node computes
     * @throws ImportException if a tensor is computed twice or not at all, or there is a cycle
     */
    static List<OnnxNode> of(
            String file, List<OnnxNode> nodes, Set<String> known, List<String> outputs) {
        Map<String, List<OnnxNode>> waiting = new HashMap<>();
        Map<OnnxNode, Integer> missing = new IdentityHashMap<>();
        Set<String> produced = new HashSet<>(known);
        Deque<OnnxNode> runnable = new ArrayDeque<>();
        for (OnnxNode node : nodes) {
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !produced.add(output)) {
                    throw new ImportException(
                            file + ": the tensor " + output + " is produced twice");
                }
            }
            Set<String> needs = new HashSet<>(node.reads());
            needs.removeIf(known::contains);
            missing.put(node, needs.size());
            needs.forEach(
                    need -> waiting.computeIfAbsent(need, key -> new ArrayList<>()).add(node));
            if (needs.isEmpty()) {
                runnable.add(node);
            }
        }
        List<OnnxNode> order = new ArrayList<>();
        while (!runnable.isEmpty()) {
            OnnxNode node = runnable.remove();
            order.add(node);
            missing.remove(node);
            for (String output : node.outputs()) {
                for (OnnxNode consumer : waiting.getOrDefault(output, List.of())) {
                    if (missing.merge(consumer, -1, Integer::sum) == 0) {
                        runnable.add(consumer);
                    }
                }
            }
        }
        if (!missing.isEmpty()) {
            OnnxNode stuck = nodes.stream().filter(missing::containsKey).findFirst().orElseThrow();
            throw stuck(file, stuck, produced);
        }
        for (String output : outputs) {
            if (!produced.contains(output)) {
                throw new ImportException(file + ": the output " + output + " is never produced");
            }
        }
        return order;
    }

    private static ImportException stuck(String file, OnnxNode node, Set<String> produced) {
        List<String> unknown =
                node.reads().stream().filter(name -> !produced.contains(name)).toList();
        return new ImportException(
                file
                        + ": node "
                        + node.name()
                        + " ("
                        + node.op()
                        + ") "
                        + (unknown.isEmpty()
                                ? "is part of a cycle"
                                : "reads " + unknown + ", which nothing produces"));
    }
}
