// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is known about every tensor of a model before any of it runs: its shape, and its contents
 * where they depend on nothing but the weights and the fixed input sizes.
 *
 * <p>Exporters compute shapes with dozens of small operators ({@code Shape, Gather, Unsqueeze,
 * Concat, ...}) for each reshape. With fixed input sizes all of them are constants.
 */
final class TensorFacts {

    private final Map<String, INDArray> constants;
    private final GraphBuilder scout;

    private TensorFacts(Map<String, INDArray> constants, GraphBuilder scout) {
        this.constants = constants;
        this.scout = scout;
    }

    /**
     * Finds the facts by emitting every node that is not constant into a graph that is thrown away.
     *
     * @throws ImportException if an operator is refused
     */
    static TensorFacts find(OnnxModel model, List<Port> inputs, OnnxOpRegistry registry) {
        Map<String, INDArray> constants = new HashMap<>(model.initializers());
        GraphBuilder scout = new GraphBuilder(model, constants, inputs);
        for (OnnxNode node : model.nodes()) {
            OnnxOp op = registry.find(node).orElseThrow();
            if (node.inputs().stream()
                    .allMatch(name -> name.isEmpty() || constants.containsKey(name))) {
                constants.putAll(evaluate(model, node, op, constants));
            } else {
                scout.add(node, op);
                scout.fixedResults(node).forEach(constants::put);
            }
        }
        return new TensorFacts(constants, scout);
    }

    private static Map<String, INDArray> evaluate(
            OnnxModel model, OnnxNode node, OnnxOp op, Map<String, INDArray> constants) {
        GraphBuilder single =
                new GraphBuilder(model.withNodes(List.of(node)), constants, List.of());
        single.add(node, op);
        Map<String, INDArray> results = new LinkedHashMap<>(single.fixedResults(node));
        SameDiff sameDiff = single.sameDiff();
        List<String> rest =
                node.outputs().stream()
                        .filter(output -> !output.isEmpty() && !results.containsKey(output))
                        .toList();
        if (!rest.isEmpty()) {
            String[] names =
                    rest.stream()
                            .map(single::variable)
                            .map(SDVariable::name)
                            .toArray(String[]::new);
            Map<String, INDArray> values = sameDiff.output(Map.of(), names);
            for (int i = 0; i < names.length; i++) {
                results.put(rest.get(i), values.get(names[i]));
            }
        }
        return results;
    }

    Shape shape(String tensor) {
        return scout.shape(tensor);
    }

    DataType type(String tensor) {
        return scout.type(tensor);
    }

    Optional<INDArray> constant(String tensor) {
        return Optional.ofNullable(constants.get(tensor));
    }

    Map<String, INDArray> constants() {
        return constants;
    }
}
