// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One call of a Keras layer on its way into SameDiff: its inputs, attributes and weights, and the
 * model to add operators to.
 *
 * <p>Operators are those of ONNX (https://onnx.ai/onnx/operators, opset 24), which broadcast as
 * NumPy does; axes are the model's own.
 */
public final class LayerCall {

    private final String path;
    private final LayerConfig config;
    private final Arguments arguments;
    private final LayerWeights weights;
    private final KerasGraph graph;
    private final int version;

    LayerCall(
            String path,
            LayerConfig config,
            Arguments arguments,
            LayerWeights weights,
            KerasGraph graph,
            int version) {
        this.path = path;
        this.config = config;
        this.arguments = arguments;
        this.weights = weights;
        this.graph = graph;
        this.version = version;
    }

    /** The layer's name, behind those of the models it is in. */
    public String path() {
        return path;
    }

    public LayerConfig config() {
        return config;
    }

    /** Keras' major version, 2 or 3. */
    public int kerasVersion() {
        return version;
    }

    KerasGraph graph() {
        return graph;
    }

    Arguments arguments() {
        return arguments;
    }

    LayerWeights weights() {
        return weights;
    }

    /** The same call of the same layer, with other attributes. */
    LayerCall with(LayerConfig other) {
        return new LayerCall(path, other, arguments, weights, graph, version);
    }

    /** The tensors that the first argument holds. */
    public List<KerasTensor> inputs() {
        return arguments.first();
    }

    /** The first argument, which must be one tensor. */
    public KerasTensor input() {
        return tensor(0, "inputs");
    }

    /** An argument that must be one tensor. */
    public KerasTensor tensor(int place, String name) {
        return find(place, name).orElseThrow(() -> refuse("argument " + name + " is missing"));
    }

    /**
     * An argument that is one tensor, if it is given; a number or a fixed array is a constant.
     *
     * @param place among the arguments given by place
     */
    public Optional<KerasTensor> find(int place, String name) {
        return arguments
                .find(place, name)
                .map(value -> value instanceof KerasTensor tensor ? tensor : literal(name, value));
    }

    KerasTensor literal(String name, Object value) {
        if (value instanceof JsonNode json && json.isNumber()) {
            DataType type = json.isIntegralNumber() ? DataType.INT : DataType.FLOAT;
            return graph.scalar(type, json.doubleValue());
        }
        if (value instanceof JsonNode json && isArray(json)) {
            JsonNode given = json.path("config");
            DataType type =
                    DtypePolicy.type(given.path("dtype").asText(""))
                            .orElseThrow(() -> refuse("argument " + name + " has no known type"));
            INDArray array =
                    Numbers.array(given.path("value"), type)
                            .orElseThrow(() -> refuse("argument " + name + " is no array"));
            return graph.constant(graph.free(path + "/" + name), () -> array);
        }
        List<KerasTensor> one = new ArrayList<>();
        Arguments.collect(value, one);
        if (one.size() == 1) {
            return one.get(0);
        }
        throw refuse("argument " + name + " is not one tensor");
    }

    private static boolean isArray(JsonNode json) {
        String kind = json.path("class_name").asText("");
        return kind.equals("__tensor__") || kind.equals("__numpy__");
    }

    /** Whether a call's argument is given as true. */
    boolean isTrue(int place, String name) {
        return arguments
                .find(place, name)
                .map(value -> value instanceof JsonNode json && json.asBoolean())
                .orElse(false);
    }

    /**
     * A weight of the layer, of type FLOAT; made once for all calls of a shared layer.
     *
     * @param name of the variable, by which {@code .h5} files know it
     * @param index its place among the layer's variables, by which {@code .keras} files know it
     */
    public INDArray weight(String name, int index) {
        return weights.find(name, index)
                .orElseThrow(() -> refuse("the file has no weight " + name + " for it"));
    }

    /** The same, if the file has it. */
    public Optional<INDArray> findWeight(String name, int index) {
        return weights.find(name, index);
    }

    /** A constant of the layer; one for the same role in all its calls. */
    public KerasTensor constant(String role, INDArray array) {
        return graph.constant(weights.layer() + "/" + role, () -> array);
    }

    /** A FLOAT number without axes. */
    public KerasTensor scalar(double value) {
        return graph.scalar(DataType.FLOAT, value);
    }

    /** An operator that works element by element and broadcasts, on tensors of one type. */
    public KerasTensor elementwise(String operator, KerasTensor... operands) {
        return new Elementwise(this).apply(operator, Map.of(), List.of(operands));
    }

    /** The same with attributes: values are Long, Double, String, or lists of them. */
    public KerasTensor elementwise(
            String operator, Map<String, Object> attributes, KerasTensor... operands) {
        return new Elementwise(this).apply(operator, attributes, List.of(operands));
    }

    /**
     * Any operator of one output.
     *
     * @param rank of the result
     * @param attributes values are Long, Double, String, or lists of them
     * @param operands in the model's layout
     */
    public KerasTensor operator(
            String operator, int rank, Map<String, Object> attributes, KerasTensor... operands) {
        List<String> names = new ArrayList<>();
        for (KerasTensor operand : operands) {
            names.add(graph.plain(operand));
        }
        DataType type = operands[0].type();
        return KerasTensor.plain(graph.node(path, operator, names, attributes), rank, type);
    }

    /** An operator whose further operands are whole numbers, such as a shape or axes. */
    public KerasTensor shaped(String operator, int rank, KerasTensor x, List<Long> numbers) {
        return KerasTensor.plain(
                graph.node(path, operator, List.of(graph.plain(x), graph.longs(numbers)), Map.of()),
                rank,
                x.type());
    }

    /**
     * The tensor with other sizes.
     *
     * @param sizes 0 keeps a size, one may be -1
     */
    public KerasTensor reshape(KerasTensor x, List<Long> sizes) {
        return shaped("Reshape", sizes.size(), x, sizes);
    }

    /** The axes in another order. */
    public KerasTensor transpose(KerasTensor x, List<Long> order) {
        return operator("Transpose", order.size(), Map.of("perm", order), x);
    }

    /** The tensors one after another along an axis. */
    public KerasTensor concatenate(long axis, List<KerasTensor> parts) {
        return new Elementwise(this).concatenate(axis, parts);
    }

    /** The tensor, as FLOAT if it holds whole numbers. */
    public KerasTensor floating(KerasTensor x) {
        return cast(x, DataType.FLOAT);
    }

    KerasTensor cast(KerasTensor x, DataType type) {
        return x.type() == type ? x : new Elementwise(this).cast(x, type);
    }

    /** The error of a form that is not supported. */
    public RuntimeException refuse(String reason) {
        return new LayerRefusal(reason);
    }

    /** An axis as 0 to rank - 1. */
    public int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw refuse("axis " + axis + " does not exist in a tensor of " + rank + " axes");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
