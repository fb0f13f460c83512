// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One ONNX node on its way into SameDiff: its operands and attributes, and the graph to add to. */
public final class Emission {

    private final OnnxNode node;
    private final GraphBuilder graph;
    private final Set<String> readAttributes = new HashSet<>();
    private final Map<String, INDArray> roles = new HashMap<>();

    Emission(OnnxNode node, GraphBuilder graph) {
        this.node = node;
        this.graph = graph;
    }

    public OnnxNode node() {
        return node;
    }

    /** Version of the standard operators that the file declares. */
    public long opset() {
        return graph.opset();
    }

    /** The graph under construction. */
    public SameDiff sameDiff() {
        return graph.sameDiff();
    }

    /** Number of operands, left-out ones included. */
    public int operands() {
        return node.inputs().size();
    }

    /** Whether an optional operand is there. */
    public boolean has(int operand) {
        return operand < operands() && !node.inputs().get(operand).isEmpty();
    }

    /** An operand as a SameDiff variable; a constant one becomes a SameDiff constant. */
    public SDVariable in(int operand) {
        SmallIntegers.requireSafe(this, operand);
        return graph.variable(tensor(operand));
    }

    public Shape shape(int operand) {
        return graph.shape(tensor(operand));
    }

    /** Shape of a variable made while emitting. */
    public Shape shape(SDVariable variable) {
        return graph.shape(variable);
    }

    public DataType type(int operand) {
        return graph.type(tensor(operand));
    }

    /** An operand's contents, if they are known at import. */
    public Optional<INDArray> constant(int operand) {
        return graph.constant(tensor(operand));
    }

    /**
     * An operand's contents.
     *
     * @param what the operand's name in the operator's definition
     * @throws ImportException if it is computed at run time
     */
    public INDArray fixed(int operand, String what) {
        return constant(operand)
                .orElseThrow(
                        () -> refuse(what + " (" + tensor(operand) + ") is computed at run time"));
    }

    /** An integer operand's contents, which must be known at import. */
    public List<Long> fixedLongs(int operand, String what) {
        return OnnxTensors.longs(fixed(operand, what));
    }

    /**
     * A constant computed from a constant operand, such as a transposed weight; made once a model.
     *
     * @param form what is done to it: part of its name
     */
    public SDVariable derived(int operand, String form, UnaryOperator<INDArray> change) {
        return graph.derived(tensor(operand), form, change);
    }

    /** A new constant, named after the node's first output; one for the same role and contents. */
    public SDVariable newConstant(String role, INDArray array) {
        String own = role;
        for (int number = 2; !array.equals(roles.getOrDefault(own, array)); number++) {
            own = role + number;
        }
        roles.putIfAbsent(own, array);
        return graph.newConstant(node.output() + "/" + own, array);
    }

    /** A reshape, or the tensor itself if it has that shape. */
    public SDVariable reshape(SDVariable x, Shape shape) {
        return shape(x).equals(shape) ? x : sameDiff().reshape(x, shape.toArray());
    }

    /** A transpose, or the tensor itself if the axes stay where they are. */
    public SDVariable permute(SDVariable x, int... order) {
        boolean same = IntStream.range(0, order.length).allMatch(axis -> order[axis] == axis);
        return same ? x : sameDiff().permute(x, order);
    }

    /** A constant of that type with one element and no axes. */
    public SDVariable scalar(DataType type, double value) {
        return graph.newConstant(
                "deepcache/" + type + " " + value, Nd4j.scalar(value).castTo(type));
    }

    /** Refuses the node if an operand has another type than these. */
    public void requireType(int operand, DataType... types) {
        if (!List.of(types).contains(type(operand))) {
            throw refuse("operand " + operand + " of type " + type(operand) + " is not supported");
        }
    }

    /** Refuses the node if an operand is not of a floating point type. */
    public void requireFloating(int operand) {
        requireType(operand, DataType.FLOAT, DataType.DOUBLE);
    }

    /** Whether the node's consumers may ask for this output. */
    public boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    public long integer(String attribute, long otherwise) {
        return read(attribute, Long.class, otherwise);
    }

    public double real(String attribute, double otherwise) {
        return read(attribute, Double.class, otherwise);
    }

    public String text(String attribute, String otherwise) {
        return read(attribute, String.class, otherwise);
    }

    /** A list of integers; empty optional if the attribute is not there. */
    public Optional<List<Long>> integers(String attribute) {
        return list(attribute, Long.class, "integers");
    }

    /** A list of real numbers; empty optional if the attribute is not there. */
    public Optional<List<Double>> reals(String attribute) {
        return list(attribute, Double.class, "real numbers");
    }

    private <T> Optional<List<T>> list(String attribute, Class<T> type, String what) {
        readAttributes.add(attribute);
        Object value = node.attributes().get(attribute);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof List<?> list) || !list.stream().allMatch(type::isInstance)) {
            throw refuse("attribute " + attribute + " is not a list of " + what + ": " + value);
        }
        return Optional.of(list.stream().map(type::cast).toList());
    }

    /** An attribute of any kind. */
    public Optional<Object> attribute(String name) {
        readAttributes.add(name);
        return Optional.ofNullable(node.attributes().get(name));
    }

    /** Declares attributes that change nothing here. */
    public void ignore(String... attributes) {
        readAttributes.addAll(List.of(attributes));
    }

    /** Refuses an attribute that has another value than this one. */
    public void requireText(String attribute, String only) {
        String value = text(attribute, only);
        if (!value.equals(only)) {
            throw refuse("attribute " + attribute + "=" + value + " is not supported");
        }
    }

    /** Refuses an attribute that has another value than this one. */
    public void requireInteger(String attribute, long only) {
        long value = integer(attribute, only);
        if (value != only) {
            throw refuse("attribute " + attribute + "=" + value + " is not supported");
        }
    }

    /** An axis attribute as 0 to rank - 1. */
    public int axis(String attribute, long otherwise, int rank) {
        return normalize(integer(attribute, otherwise), rank);
    }

    /** An axis as 0 to rank - 1. */
    public int normalize(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw refuse("axis " + axis + " does not exist in a tensor of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** Refuses a constant that is too large for the model, before it is allocated. */
    public void requireSize(Shape shape) {
        graph.requireRoom(shape);
    }

    /**
     * The error of an operator that cannot be imported exactly: names the node, the operator and
     * the opset.
     */
    public ImportException refuse(String reason) {
        return refuse(reason, null);
    }

    ImportException refuse(String reason, @Nullable Throwable cause) {
        return graph.refusal(node, reason, cause);
    }

    /** Refuses what no code has looked at; called after the operator has been emitted. */
    void requireAllAttributesRead() {
        for (var attribute : node.attributes().entrySet()) {
            if (!readAttributes.contains(attribute.getKey())) {
                throw refuse(
                        "attribute "
                                + attribute.getKey()
                                + "="
                                + attribute.getValue()
                                + " is not supported");
            }
        }
    }

    private String tensor(int operand) {
        if (!has(operand)) {
            throw refuse("operand " + operand + " is missing");
        }
        return node.inputs().get(operand);
    }

    private <T> T read(String attribute, Class<T> type, T otherwise) {
        readAttributes.add(attribute);
        @Nullable Object value = node.attributes().get(attribute);
        if (value == null) {
            return otherwise;
        }
        if (!type.isInstance(value)) {
            throw refuse(
                    "attribute "
                            + attribute
                            + " is not of type "
                            + type.getSimpleName()
                            + ": "
                            + value);
        }
        return type.cast(value);
    }
}
