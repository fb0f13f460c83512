// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The operators the importer knows; immutable. */
public final class OnnxOpRegistry {

    private final Map<String, OnnxOp> operators;

    private OnnxOpRegistry(Map<String, OnnxOp> operators) {
        this.operators = operators;
    }

    /** All operators of this project. */
    public static OnnxOpRegistry standard() {
        Map<String, OnnxOp> operators = new HashMap<>();
        operators.putAll(ActivationOps.all());
        operators.putAll(ArithmeticOps.all());
        operators.putAll(ConstantOps.all());
        operators.putAll(ConvolutionOps.all());
        operators.putAll(IndexingOps.all());
        operators.putAll(LayoutOps.all());
        operators.putAll(LinearOps.all());
        operators.putAll(NormalizationOps.all());
        operators.putAll(PoolingOps.all());
        operators.putAll(ReductionOps.all());
        operators.putAll(ResizeOps.all());
        operators.put(Patterns.PIXEL_ATTENTION, PixelAttentionOp::emit);
        return new OnnxOpRegistry(operators);
    }

    /**
     * This registry and one operator more, which replaces one of the same name.
     *
     * @param op {@code Conv} for a standard operator, {@code com.microsoft:FusedConv} for one of
     *     another domain
     */
    public OnnxOpRegistry with(String op, OnnxOp implementation) {
        Map<String, OnnxOp> more = new HashMap<>(operators);
        more.put(op, implementation);
        return new OnnxOpRegistry(more);
    }

    Optional<OnnxOp> find(OnnxNode node) {
        return Optional.ofNullable(operators.get(node.qualifiedOp()));
    }

    /** Names of all operators, sorted. */
    public Set<String> names() {
        return new TreeSet<>(operators.keySet());
    }
}
