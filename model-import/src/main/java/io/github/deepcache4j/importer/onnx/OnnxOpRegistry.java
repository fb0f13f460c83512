// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
        operators.putAll(AttentionOps.all());
        operators.putAll(Branches.all());
        operators.putAll(CastOps.all());
        operators.putAll(ComparisonOps.all());
        operators.putAll(ConstantOps.all());
        operators.putAll(ContribOps.all());
        operators.putAll(ConvolutionOps.all());
        operators.putAll(EinsumOps.all());
        operators.putAll(ElementwiseOps.all());
        operators.putAll(IndexingOps.all());
        operators.putAll(LayoutOps.all());
        operators.putAll(LinearOps.all());
        operators.putAll(NormalizationOps.all());
        operators.putAll(PadOps.all());
        operators.putAll(PoolingOps.all());
        operators.putAll(QuantizationOps.all());
        operators.putAll(ReductionOps.all());
        operators.putAll(ResizeOps.all());
        operators.put(Patterns.PIXEL_ATTENTION, PixelAttentionOp::emit);
        operators.putAll(ScatterGatherOps.all());
        operators.putAll(SelectionOps.all());
        operators.putAll(SoftmaxOps.all());
        operators.putAll(TransposedConvolutionOps.all());
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

    OnnxOp require(OnnxModel model, OnnxNode node) {
        return find(node)
                .orElseThrow(
                        () -> missing(model, Map.of(node.qualifiedOp(), List.of(node.name()))));
    }

    /**
     * Looks for the operators of all nodes.
     *
     * @throws ImportException naming all that are missing, so that they need not be found one by
     *     one
     */
    void requireAll(OnnxModel model) {
        Map<String, List<String>> missing = new TreeMap<>();
        for (OnnxNode node : model.nodes()) {
            if (find(node).isEmpty()) {
                missing.computeIfAbsent(node.qualifiedOp(), op -> new ArrayList<>())
                        .add(node.name());
            }
        }
        if (!missing.isEmpty()) {
            throw missing(model, missing);
        }
    }

    private static ImportException missing(OnnxModel model, Map<String, List<String>> missing) {
        List<String> list = new ArrayList<>();
        missing.forEach((op, nodes) -> list.add(op + " (" + some(nodes) + ")"));
        return model.fault(
                missing.size()
                        + (missing.size() == 1 ? " operator has" : " operators have")
                        + " no SameDiff mapping (opset "
                        + model.opset()
                        + "): "
                        + list
                        + ". Register an OnnxOp for each (docs/adding-an-operator.md)");
    }

    private static String some(List<String> nodes) {
        String first = String.join(", ", nodes.subList(0, Math.min(3, nodes.size())));
        return nodes.size() > 3 ? first + " and " + (nodes.size() - 3) + " more" : first;
    }

    /** Names of all operators, sorted. */
    public Set<String> names() {
        return new TreeSet<>(operators.keySet());
    }
}
