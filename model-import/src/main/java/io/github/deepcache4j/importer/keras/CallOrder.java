// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.importer.keras.NetworkConfig.TensorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of a functional network's layers, each after those it takes tensors from. */
final class CallOrder {

    /**
     * One call of a layer.
     *
     * @param index among the layer's calls, from 0
     */
    record Call(LayerDefinition layer, int index, JsonNode node) {}

    private final List<Call> calls = new ArrayList<>();

    /** What the file's numbers of calls begin with, where not with 0. */
    private final Map<String, Integer> first = new HashMap<>();

    private CallOrder() {}

    /** Kahn's algorithm, keeping the file's order among calls that are ready. */
    static CallOrder of(NetworkConfig network, String path, Faults faults) {
        CallOrder order = new CallOrder();
        Map<String, List<TensorRef>> references = new LinkedHashMap<>();
        Map<String, Call> byKey = new LinkedHashMap<>();
        Map<String, Integer> lowest = new HashMap<>();
        Set<String> given = new HashSet<>();
        network.inputs().forEach(input -> given.add(input.layer()));
        for (LayerDefinition layer : network.layers()) {
            for (int index = 0; index < layer.calls().size(); index++) {
                if (!given.contains(layer.name())) {
                    Call call = new Call(layer, index, layer.calls().get(index));
                    byKey.put(key(layer.name(), index), call);
                    references.put(
                            key(layer.name(), index), InboundNode.references(call.node()));
                }
            }
        }
        references.values().forEach(refs -> refs.forEach(ref -> note(ref, lowest)));
        network.outputs().forEach(ref -> note(ref, lowest));
        // Keras 2 counts the calls of a model from 1: its own construction was the first
        network.layers().stream()
                .filter(layer -> layer.network().isPresent() && lowest.containsKey(layer.name()))
                .forEach(layer -> order.first.put(layer.name(), lowest.get(layer.name())));
        order.sort(byKey, references, given);
        if (order.calls.size() < byKey.size()) {
            byKey.values().removeAll(order.calls);
            faults.add(
                    path + byKey.values().iterator().next().layer().name(),
                    "it takes a tensor that no layer gives, or that depends on it");
        }
        return order;
    }

    private static void note(TensorRef ref, Map<String, Integer> lowest) {
        lowest.merge(ref.layer(), ref.call(), Math::min);
    }

    private static String key(String layer, int index) {
        return layer + " " + index;
    }

    private void sort(
            Map<String, Call> byKey, Map<String, List<TensorRef>> references, Set<String> given) {
        Map<String, Integer> missing = new LinkedHashMap<>();
        Map<String, List<String>> waiting = new HashMap<>();
        Deque<String> ready = new ArrayDeque<>();
        references.forEach(
                (key, refs) -> {
                    Set<String> needs = new HashSet<>();
                    for (TensorRef ref : refs) {
                        if (!given.contains(ref.layer())) {
                            needs.add(key(ref.layer(), index(ref)));
                        }
                    }
                    missing.put(key, needs.size());
                    needs.forEach(
                            need ->
                                    waiting.computeIfAbsent(need, k -> new ArrayList<>())
                                            .add(key));
                    if (needs.isEmpty()) {
                        ready.add(key);
                    }
                });
        while (!ready.isEmpty()) {
            String key = ready.remove();
            Call call = byKey.get(key);
            if (call != null) {
                calls.add(call);
            }
            for (String next : waiting.getOrDefault(key, List.of())) {
                if (missing.merge(next, -1, Integer::sum) == 0) {
                    ready.add(next);
                }
            }
        }
    }

    List<Call> calls() {
        return calls;
    }

    /** Which of the calls of its layer a reference means, from 0. */
    int index(TensorRef ref) {
        return ref.call() - first.getOrDefault(ref.layer(), 0);
    }
}
