// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.importer.keras.NetworkConfig.TensorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
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

    /** What references from other calls count from, where not from 0. */
    private final Map<String, Integer> first = new HashMap<>();

    /** The same for references from the network's outputs. */
    private final Map<String, Integer> firstOfOutputs = new HashMap<>();

    private CallOrder() {}

    /** Kahn's algorithm, keeping the file's order among calls that are ready. */
    static CallOrder of(NetworkConfig network, String path, Faults faults) {
        CallOrder order = new CallOrder();
        Map<String, List<TensorRef>> references = new LinkedHashMap<>();
        Map<String, Call> byKey = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        network.inputs().forEach(input -> given.add(input.layer()));
        for (LayerDefinition layer : network.layers()) {
            for (int index = 0; index < layer.calls().size(); index++) {
                if (!given.contains(layer.name())) {
                    Call call = new Call(layer, index, layer.calls().get(index));
                    byKey.put(key(layer.name(), index), call);
                    references.put(key(layer.name(), index), InboundNode.references(call.node()));
                }
            }
        }
        order.count(network, references.values());
        order.sort(byKey, references, given);
        if (order.calls.size() < byKey.size()) {
            byKey.values().removeAll(order.calls);
            faults.add(
                    path + byKey.values().iterator().next().layer().name(),
                    "it takes a tensor that no layer gives, or that depends on it");
        }
        return order;
    }

    /**
     * A model that is a layer may count its own construction as its first call: in Keras 2
     * everywhere, in Keras 3 among the network's outputs only (get_config and serialize_node in
     * keras/src/models/functional.py). A file has no call that nothing refers to.
     */
    private void count(NetworkConfig network, Collection<List<TensorRef>> references) {
        Map<String, Integer> ofCalls = new HashMap<>();
        Map<String, Integer> ofOutputs = new HashMap<>();
        references.forEach(
                refs -> refs.forEach(ref -> ofCalls.merge(ref.layer(), ref.call(), Math::min)));
        network.outputs().forEach(ref -> ofOutputs.merge(ref.layer(), ref.call(), Math::min));
        for (LayerDefinition layer : network.layers()) {
            if (layer.network().isPresent() && !layer.calls().isEmpty()) {
                boolean current = layer.calls().get(0).isObject();
                int calls = ofCalls.getOrDefault(layer.name(), Integer.MAX_VALUE);
                int outputs = ofOutputs.getOrDefault(layer.name(), Integer.MAX_VALUE);
                first.put(layer.name(), !current && Math.min(calls, outputs) > 0 ? 1 : 0);
                firstOfOutputs.put(
                        layer.name(), (current ? outputs : Math.min(calls, outputs)) > 0 ? 1 : 0);
            }
        }
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
                            need -> waiting.computeIfAbsent(need, k -> new ArrayList<>()).add(key));
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

    /** Which of the calls of its layer a reference from the network's outputs means, from 0. */
    int indexOfOutput(TensorRef ref) {
        return ref.call() - firstOfOutputs.getOrDefault(ref.layer(), 0);
    }

    /** Which of the calls of its layer a reference from another call means, from 0. */
    int index(TensorRef ref) {
        return ref.call() - first.getOrDefault(ref.layer(), 0);
    }
}
