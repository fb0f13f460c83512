// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Shapes of the tensors of a SameDiff graph, found without running it.
 *
 * <p>SameDiff keeps no shapes for computed tensors. This class asks ND4J's own shape functions,
 * operation by operation, handing them arrays of the right shape with undefined contents. Only
 * integer tensors that depend on nothing but constants and shapes ({@code shape_of} and what is
 * computed from it) are really computed, since shape functions read their contents. Results are
 * remembered, so a graph may grow while it is asked.
 */
public final class ShapeInference {

    /** Operations whose result depends on the shape of their operand alone. */
    private static final Set<String> SHAPE_READERS = Set.of("shape_of", "size", "rank", "size_at");

    /** Small enough to be a shape, an axis list or an index list. */
    private static final long LARGEST_KNOWN = 4096;

    private final SameDiff sameDiff;
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, INDArray> known = new HashMap<>();
    private final Map<String, INDArray> placeholdersByForm = new HashMap<>();
    private final Map<String, SameDiffOp> producers = new HashMap<>();
    private int indexedOps;

    /**
     * @param sameDiff may get more operations later
     * @param inputShapes sizes of the placeholders; those declared with fixed sizes may be left out
     */
    public ShapeInference(SameDiff sameDiff, Map<String, Shape> inputShapes) {
        this.sameDiff = sameDiff;
        shapes.putAll(inputShapes);
    }

    /**
     * Shape of a tensor.
     *
     * @throws IllegalArgumentException if it is unknown, or an operation's shape function refuses
     *     its operands; the message names the operation and the operand shapes
     */
    public Shape shape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            infer(name);
            shape = shapes.get(name);
        }
        if (shape == null) {
            throw new IllegalArgumentException("the shape of " + name + " cannot be told");
        }
        return shape;
    }

    /** Contents of an integer tensor that depends on constants and shapes alone. */
    public Optional<INDArray> knownValue(String name) {
        SDVariable variable = sameDiff.getVariable(name);
        if (variable.isConstant()) {
            return Optional.of(variable.getArr());
        }
        shape(name);
        return Optional.ofNullable(known.get(name));
    }

    private void infer(String name) {
        SDVariable variable = sameDiff.getVariable(name);
        if (variable == null) {
            throw new IllegalArgumentException("the graph has no tensor named " + name);
        }
        switch (variable.getVariableType()) {
            case CONSTANT, VARIABLE -> shapes.put(name, Shape.of(variable.getArr().shape()));
            case PLACEHOLDER -> shapes.put(name, declaredShape(variable));
            default -> inferOperation(producer(name));
        }
    }

    private static Shape declaredShape(SDVariable placeholder) {
        long[] declared = placeholder.placeholderShape();
        if (declared == null || java.util.Arrays.stream(declared).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(
                    "input "
                            + placeholder.name()
                            + " has no fixed shape (declared "
                            + java.util.Arrays.toString(declared)
                            + "); give one");
        }
        return Shape.of(declared);
    }

    private SameDiffOp producer(String name) {
        // what SameDiff noted is right while a graph grows, when an index would be made anew each
        // time; edited graphs may hold names of operations that are gone
        Variable variable = sameDiff.getVariables().get(name);
        String noted = variable == null ? null : variable.getOutputOfOp();
        SameDiffOp candidate = noted == null ? null : sameDiff.getOps().get(noted);
        if (candidate != null && candidate.getOutputsOfOp().contains(name)) {
            return candidate;
        }
        if (indexedOps != sameDiff.getOps().size()) {
            sameDiff.getOps()
                    .values()
                    .forEach(
                            op -> op.getOutputsOfOp().forEach(output -> producers.put(output, op)));
            indexedOps = sameDiff.getOps().size();
        }
        SameDiffOp op = producers.get(name);
        if (op == null) {
            throw new IllegalArgumentException("nothing computes the tensor " + name);
        }
        return op;
    }

    private void inferOperation(SameDiffOp operation) {
        DifferentialFunction function = operation.getOp();
        List<String> inputs =
                operation.getInputsToOp() == null ? List.of() : operation.getInputsToOp();
        List<String> outputs = operation.getOutputsOfOp();
        switch (function.opName()) {
            case "switch",
                    "merge",
                    "identity",
                    "enter",
                    "exit",
                    "next_iteration",
                    "stop_gradient" -> {
                outputs.forEach(output -> shapes.put(output, shape(inputs.get(0))));
                return;
            }
            default -> {}
        }
        List<INDArray> arrays = new ArrayList<>();
        boolean allKnown = true;
        for (String input : inputs) {
            INDArray value = knownValue(input).orElse(null);
            allKnown &= value != null;
            arrays.add(
                    value != null
                            ? value
                            : standIn(sameDiff.getVariable(input).dataType(), shape(input)));
        }
        try (OpContext context = Nd4j.getExecutioner().buildContext()) {
            List<LongShapeDescriptor> results = outputShapes(function, arrays, context);
            if (results.size() != outputs.size()) {
                throw new IllegalArgumentException(
                        "its shape function gave "
                                + results.size()
                                + " shapes for "
                                + outputs.size()
                                + " outputs");
            }
            for (int i = 0; i < outputs.size(); i++) {
                shapes.put(outputs.get(i), Shape.of(results.get(i).getShape()));
            }
            if (allKnown || SHAPE_READERS.contains(function.opName())) {
                compute(function, outputs, results, context);
            }
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "operation "
                            + function.opName()
                            + " ("
                            + operation.getName()
                            + ") does not accept operands of shape "
                            + inputs.stream().map(this::shape).toList()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static List<LongShapeDescriptor> outputShapes(
            DifferentialFunction function, List<INDArray> arrays, OpContext context) {
        if (function instanceof CustomOp op) {
            context.setArgs(
                    arrays.toArray(INDArray[]::new),
                    op.iArgs(),
                    op.dArgs(),
                    op.tArgs(),
                    op.bArgs());
            return ((DynamicCustomOp) op).calculateOutputShape(context);
        }
        BaseOp op = (BaseOp) function;
        boolean axesGiven = op instanceof BaseReduceOp && arrays.size() == 2;
        if (axesGiven) {
            op.setDimensions(
                    org.nd4j.linalg.api.shape.Shape.normalizeAxis(
                            arrays.get(0).rank(), arrays.get(1).toIntVector()));
        }
        for (int i = 0; i < (axesGiven ? 1 : arrays.size()); i++) {
            context.setInputArray(i, arrays.get(i));
        }
        return op.calculateOutputShape(context);
    }

    private void compute(
            DifferentialFunction function,
            List<String> outputs,
            List<LongShapeDescriptor> results,
            OpContext context) {
        boolean small =
                results.stream()
                        .allMatch(
                                result -> Shape.of(result.getShape()).elements() <= LARGEST_KNOWN);
        boolean integer =
                outputs.stream()
                        .allMatch(output -> sameDiff.getVariable(output).dataType().isIntType());
        if (!(function instanceof CustomOp op) || !small || !integer) {
            return;
        }
        for (int i = 0; i < outputs.size(); i++) {
            DataType type = sameDiff.getVariable(outputs.get(i)).dataType();
            context.setOutputArray(i, Nd4j.create(results.get(i).asDataType(type)));
        }
        INDArray[] values = Nd4j.exec(op, context);
        for (int i = 0; i < outputs.size(); i++) {
            known.put(outputs.get(i), values[i]);
        }
    }

    /**
     * An array of that form with undefined contents. A large one, which cannot be a shape or an
     * axis list, has no memory behind it: ND4J fills even an uninitialised array with zeros, and an
     * image's attention scores alone take half a gigabyte.
     */
    private INDArray standIn(@Nullable DataType type, Shape shape) {
        DataType form = type == null ? DataType.FLOAT : type;
        return placeholdersByForm.computeIfAbsent(
                form + " " + shape,
                key ->
                        shape.elements() <= LARGEST_KNOWN
                                ? Nd4j.createUninitializedDetached(form, shape.toArray())
                                : hollow(form, shape));
    }

    private static INDArray hollow(DataType form, Shape shape) {
        INDArray one = Nd4j.createUninitializedDetached(form, 1);
        return Nd4j.createArrayFromShapeBuffer(
                one.data(),
                Nd4j.getShapeInfoProvider().createShapeInformation(shape.toArray(), 'c', form));
    }
}
