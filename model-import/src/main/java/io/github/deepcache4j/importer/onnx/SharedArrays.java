// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arrays of one model that are the same for all input sizes: its weights, what constant folding
 * makes of them, and forms derived from them. Every import of the model takes them from here.
 */
final class SharedArrays {

    /** Smaller arrays are kept even when nothing reads them any more. */
    private static final long LARGE = 1 << 16;

    private final Map<String, INDArray> arrays;
    private final Map<String, INDArray> derived = new HashMap<>();
    private final Set<OnnxNode> folded = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, Integer> readers = new HashMap<>();
    private final Set<OnnxNode> nodes = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Takes over the initialisers of a model, which may be removed from it. */
    SharedArrays(OnnxModel model) {
        this.arrays = model.initializers();
        for (OnnxNode node : model.nodes()) {
            nodes.add(node);
            node.reads().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
        model.outputs().forEach(output -> readers.merge(output, 1, Integer::sum));
    }

    /** By tensor name. */
    Map<String, INDArray> arrays() {
        return arrays;
    }

    long elements() {
        return arrays.values().stream().mapToLong(INDArray::length).sum();
    }

    /** Whether a node is one of the model's, not one of a branch, which each import makes anew. */
    boolean owns(OnnxNode node) {
        return nodes.contains(node);
    }

    /** Whether a node has been folded already, and its results are here, or needed no more. */
    boolean isFolded(OnnxNode node) {
        return folded.contains(node);
    }

    /**
     * Keeps the results of a node that depends on weights alone, and lets go of its operands where
     * no other node needs them, so that a transposed weight does not stay twice in memory.
     */
    void fold(OnnxNode node, Map<String, INDArray> results) {
        folded.add(node);
        arrays.putAll(results);
        for (String input : node.reads()) {
            boolean last = readers.merge(input, -1, Integer::sum) == 0;
            INDArray array = arrays.get(input);
            if (last && array != null && array.length() >= LARGE) {
                arrays.remove(input);
                close(array, results.values());
            }
        }
    }

    /** Frees an array at once, unless others are views of it. */
    private void close(INDArray array, Collection<INDArray> results) {
        long address = array.data().address();
        boolean used =
                List.of(results, arrays.values(), derived.values()).stream()
                        .flatMap(Collection::stream)
                        .anyMatch(other -> !other.isEmpty() && other.data().address() == address);
        if (!used && array.closeable()) {
            array.close();
        }
    }

    /** A form of a shared array, made the first time. */
    INDArray derive(String name, Supplier<INDArray> make) {
        INDArray known = derived.get(name);
        if (known == null) {
            INDArray made = make.get();
            // SameDiff would copy a view into each graph
            known = made.isView() ? made.dup() : made;
            derived.put(name, known);
        }
        return known;
    }
}
