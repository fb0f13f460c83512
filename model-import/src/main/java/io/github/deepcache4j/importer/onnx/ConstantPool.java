// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The tensors whose contents are known while a model is imported for certain input sizes, and how
 * much room is left for more.
 *
 * <p>Those that depend on the weights alone are {@link SharedArrays}; those that depend on the
 * sizes, such as the shapes that exporters compute, belong to this import.
 */
final class ConstantPool {

    /** Operators that do much more work than their operands and results have elements. */
    private static final Pattern PRODUCTS =
            Pattern.compile(".*(MatMul|Gemm|Conv|Einsum|Attention).*");

    /** Multiply-accumulates that folding may cost: a second or so. */
    private static final double WORK = 1L << 34;

    /** Room that every model has: an attention mask of 4096 tokens is one constant of 2^24. */
    private static final long ONE = 1L << 24;

    private static final long ALL = 1L << 26;

    private final OnnxModel model;
    private final SharedArrays shared;
    private final Map<String, INDArray> arrays;
    private final Set<String> varying = new HashSet<>();
    private final long weights;
    private long used;
    private double multiplied;

    ConstantPool(OnnxModel model, SharedArrays shared) {
        this.model = model;
        this.shared = shared;
        this.arrays = new HashMap<>(shared.arrays());
        this.weights = shared.elements();
    }

    /** By tensor name; not to be changed. */
    Map<String, INDArray> arrays() {
        return arrays;
    }

    boolean has(String tensor) {
        return arrays.containsKey(tensor);
    }

    boolean isFolded(OnnxNode node) {
        return shared.isFolded(node);
    }

    /** Adds what a node that depends on the input sizes gives. */
    void addVarying(Map<String, INDArray> results) {
        arrays.putAll(results);
        varying.addAll(results.keySet());
    }

    /** Adds what a node gives whose operands are all known. */
    void addFolded(OnnxNode node, Map<String, INDArray> results) {
        if (!shared.owns(node) || node.reads().stream().anyMatch(varying::contains)) {
            addVarying(results);
        } else {
            arrays.putAll(results);
            shared.fold(node, results);
            arrays.keySet().removeIf(name -> node.reads().contains(name) && !shares(name));
        }
    }

    private boolean shares(String name) {
        return shared.arrays().containsKey(name) || varying.contains(name);
    }

    /** A form of a known array; made once a model, unless it depends on the input sizes. */
    INDArray derive(String tensor, String form, UnaryOperator<INDArray> change) {
        INDArray array = arrays.get(tensor);
        if (array == null) {
            throw model.fault(
                    "the tensor " + tensor + " is computed at run time, but must be constant here");
        }
        return varying.contains(tensor)
                ? change.apply(array)
                : shared.derive(tensor + "/" + form, () -> change.apply(array));
    }

    /**
     * Refuses a constant before memory is taken for it, if the model cannot need it: a few bytes of
     * a damaged file can ask for any amount.
     */
    void requireRoom(Shape shape) {
        double elements = 1;
        for (long size : shape.sizes()) {
            elements *= size;
        }
        if (elements > ONE + weights || used + elements > ALL + 2 * weights) {
            throw model.fault(
                    "a constant of shape "
                            + shape
                            + " is too large for a model with "
                            + weights
                            + " weights; the file may be damaged");
        }
        used += (long) elements;
    }

    /**
     * Refuses to fold a product that costs more than folding a model of this size can. Of matrices
     * {@code [m, k]} and {@code [k, n]} it costs {@code mkn}, the root of the three shapes' sizes.
     */
    void requireWork(OnnxNode node, Shape result) {
        if (!PRODUCTS.matcher(node.op()).matches()) {
            return;
        }
        double sizes = result.elements();
        for (String input : node.inputs().subList(0, Math.min(2, node.inputs().size()))) {
            INDArray operand = arrays.get(input);
            sizes *= operand == null ? 1 : operand.length();
        }
        multiplied += Math.sqrt(sizes);
        if (multiplied > WORK + 64.0 * weights) {
            throw model.fault(
                    "node "
                            + node.name()
                            + " ("
                            + node.op()
                            + ") multiplies constants of too many elements; the file may be damaged");
        }
    }
}
