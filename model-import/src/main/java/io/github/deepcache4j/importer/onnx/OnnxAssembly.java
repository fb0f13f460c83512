// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model put together from ONNX operators by the importer of another format, which so shares all
 * that happens afterwards: fixing sizes, folding constants, recognising composites, and their one
 * form in SameDiff.
 */
public final class OnnxAssembly {

    /** The newest opset whose operators are used; a scale per channel in GroupNormalization. */
    private static final long OPSET = 24;

    private final String file;
    private final Refusals refusals;
    private final List<OnnxModel.Input> inputs = new ArrayList<>();
    private final Map<String, INDArray> initializers = new LinkedHashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();

    /**
     * @param file name for messages
     * @param advice what a person can do about a layer that cannot be imported exactly
     */
    public OnnxAssembly(String file, String advice) {
        this.file = file;
        this.refusals = new Refusals("layer", advice);
    }

    /**
     * Adds an input.
     *
     * @param sizes outermost first: a number, or the name of a size that the file leaves open (may
     *     be empty)
     */
    public void input(String name, DataType type, List<String> sizes) {
        inputs.add(new OnnxModel.Input(name, type, List.copyOf(sizes)));
    }

    public boolean hasInput(String name) {
        return inputs.stream().anyMatch(input -> input.name().equals(name));
    }

    /** Adds a weight or another constant; the assembly keeps the array. */
    public void constant(String name, INDArray array) {
        initializers.put(name, array);
    }

    /**
     * Adds an operator, after those it takes tensors from.
     *
     * @param name for messages: which layer it comes from
     * @param inputs tensor names; an empty name is an optional operand left out
     */
    public void node(
            String name,
            String operator,
            List<String> inputs,
            List<String> outputs,
            Map<String, Object> attributes) {
        nodes.add(new OnnxNode(name, "", operator, inputs, outputs, attributes));
    }

    /**
     * The finished model.
     *
     * @param outputs names of tensors, in order
     * @param renamed final names of tensors that have others until now
     */
    public ModelSource finish(
            List<String> outputs, Map<String, String> renamed, Provenance provenance) {
        Map<String, INDArray> constants = new LinkedHashMap<>();
        initializers.forEach((name, array) -> constants.put(name(name, renamed), array));
        Set<String> known = new LinkedHashSet<>(constants.keySet());
        inputs.forEach(input -> known.add(input.name()));
        List<OnnxNode> named =
                nodes.stream()
                        .map(
                                node ->
                                        new OnnxNode(
                                                node.name(),
                                                node.domain(),
                                                node.op(),
                                                names(node.inputs(), renamed),
                                                names(node.outputs(), renamed),
                                                node.attributes()))
                        .toList();
        return new OnnxSource(
                new OnnxModel(
                        file,
                        OPSET,
                        provenance,
                        inputs,
                        outputs,
                        constants,
                        TensorFiles.none(),
                        TopologicalOrder.of(file, named, known, outputs),
                        refusals),
                OnnxOpRegistry.standard());
    }

    private static List<String> names(List<String> names, Map<String, String> renamed) {
        return names.stream().map(name -> name(name, renamed)).toList();
    }

    private static String name(String name, Map<String, String> renamed) {
        return renamed.getOrDefault(name, name);
    }
}
