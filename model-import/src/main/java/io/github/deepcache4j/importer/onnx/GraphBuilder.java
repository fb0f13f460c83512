// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.ShapeInference;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A SameDiff graph under construction from ONNX nodes.
 *
 * <p>While it grows, operations carry names in a scope of their own, so that SameDiff's automatic
 * names (which reuse an existing variable of the same name) can never meet a tensor name of the
 * file; {@link #finish} gives the final names.
 */
final class GraphBuilder {

    /** Not a legal start of an exporter's tensor name. */
    private static final String SCOPE = "\u0001";

    /** ND4J writes beyond its shape buffers where a tensor has more. */
    private static final int MOST_AXES = 32;

    private final String file;
    private final long opset;
    private final Refusals refusals;
    private final SameDiff sameDiff = SameDiff.create();
    private final ShapeInference inference;
    private final Map<String, SDVariable> variables = new HashMap<>();
    private final Map<String, INDArray> constants;
    private final ConstantPool pool;

    /** Final names by names under construction. */
    private final Map<String, String> names = new LinkedHashMap<>();

    /** Names that tensors may not have that the file does not name. */
    private final Set<String> taken = new HashSet<>();

    /**
     * @param pool tensors with known contents; they enter the graph when an operation asks for them
     * @param inputs become placeholders
     */
    GraphBuilder(OnnxModel model, ConstantPool pool, List<Port> inputs) {
        this.file = model.file();
        this.opset = model.opset();
        this.refusals = model.refusals();
        this.constants = pool.arrays();
        this.pool = pool;
        // the stock holders keep a second copy of every constant
        sameDiff.setArrayHolders(
                new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), true);
        this.inference = new ShapeInference(sameDiff, Map.of());
        for (OnnxNode node : model.nodes()) {
            taken.addAll(node.inputs());
            taken.addAll(node.outputs());
        }
        for (Port input : inputs) {
            requireSize(input.shape());
            taken.add(input.name());
            variables.put(
                    input.name(),
                    sameDiff.placeHolder(input.name(), input.type(), input.shape().toArray()));
        }
    }

    long opset() {
        return opset;
    }

    SameDiff sameDiff() {
        return sameDiff;
    }

    ImportException fault(String message) {
        return fault(message, null);
    }

    ImportException fault(String message, @Nullable Throwable cause) {
        return new ImportException(file + ": " + message, cause);
    }

    /** The error of a node that cannot be imported exactly. */
    ImportException refusal(OnnxNode node, String reason, @Nullable Throwable cause) {
        return fault(refusals.of(node, opset, reason), cause);
    }

    SDVariable variable(String tensor) {
        SDVariable variable = variables.get(tensor);
        if (variable == null) {
            INDArray constant = constants.get(tensor);
            if (constant == null) {
                throw fault("the tensor " + tensor + " is used before it is computed");
            }
            variable = sameDiff.constant(tensor, constant);
            variables.put(tensor, variable);
        }
        return variable;
    }

    Shape shape(String tensor) {
        INDArray constant = constants.get(tensor);
        return constant != null ? Shape.of(constant.shape()) : shape(variable(tensor));
    }

    Shape shape(SDVariable variable) {
        Shape shape = inference.shape(variable.name());
        requireSize(shape);
        return shape;
    }

    /** Refuses a tensor that ND4J cannot hold, before it is allocated. */
    void requireSize(Shape shape) {
        if (shape.rank() > MOST_AXES) {
            throw fault("a tensor of " + shape.rank() + " axes: ND4J has at most " + MOST_AXES);
        }
        double elements = 1;
        for (long size : shape.sizes()) {
            elements *= size;
        }
        if (elements > Integer.MAX_VALUE) {
            throw fault("a tensor of shape " + shape + " is too large; the file may be damaged");
        }
    }

    /** Refuses a constant that the model cannot need, before it is allocated. */
    void requireRoom(Shape shape) {
        pool.requireRoom(shape);
    }

    DataType type(String tensor) {
        INDArray constant = constants.get(tensor);
        return constant != null ? constant.dataType() : variable(tensor).dataType();
    }

    Optional<INDArray> constant(String tensor) {
        return Optional.ofNullable(constants.get(tensor));
    }

    /** A constant that the file has no name for; the same name gives the same constant. */
    SDVariable newConstant(String name, INDArray array) {
        String inner = SCOPE + name;
        SDVariable known = variables.get(inner);
        if (known != null) {
            return known;
        }
        SDVariable constant = sameDiff.constant(free(name), array);
        variables.put(inner, constant);
        return constant;
    }

    SDVariable derived(String tensor, String form, UnaryOperator<INDArray> change) {
        String name = tensor + "/" + form;
        SDVariable variable = variables.get(SCOPE + name);
        return variable != null ? variable : newConstant(name, pool.derive(tensor, form, change));
    }

    /** Adds one node; its outputs can be asked for by their ONNX names afterwards. */
    void add(OnnxNode node, OnnxOp op) {
        Emission emission = new Emission(node, this);
        int opsBefore = sameDiff.getOps().size();
        List<SDVariable> results;
        try (NameScope scope = sameDiff.withNameScope(SCOPE)) {
            results = op.emit(emission);
            results.forEach(this::shape);
        } catch (ImportException e) {
            throw e;
        } catch (RuntimeException e) {
            throw emission.refuse(String.valueOf(e.getMessage()), e);
        }
        emission.requireAllAttributesRead();
        for (int i = 0; i < node.outputs().size(); i++) {
            String output = node.outputs().get(i);
            if (i >= results.size() && !output.isEmpty()) {
                throw emission.refuse("its output " + i + " (" + output + ") is not supported");
            }
            if (!output.isEmpty()) {
                variables.put(output, results.get(i));
                if (results.get(i).getVariableType() == VariableType.ARRAY) {
                    names.putIfAbsent(results.get(i).name(), output);
                }
            }
        }
        nameInnerTensors(node.output(), opsBefore);
    }

    /** Outputs of an added node that turned out to be constants, by ONNX name. */
    Map<String, INDArray> fixedResults(OnnxNode node) {
        Map<String, INDArray> results = new LinkedHashMap<>();
        for (String output : node.outputs()) {
            if (!output.isEmpty() && variable(output).isConstant()) {
                results.put(output, variable(output).getArr());
            }
        }
        return results;
    }

    /** Tensors inside a composite are named after its output. */
    private void nameInnerTensors(String output, int opsBefore) {
        List<SameDiffOp> added =
                new ArrayList<>(sameDiff.getOps().values())
                        .subList(opsBefore, sameDiff.getOps().size());
        for (SameDiffOp op : added) {
            for (String inner : op.getOutputsOfOp()) {
                String plain = inner.substring(inner.lastIndexOf(SCOPE) + SCOPE.length() + 1);
                if (!names.containsKey(inner)) {
                    names.put(inner, free(output + "/" + plain));
                }
            }
        }
    }

    /**
     * Merges reshapes, leaves out what no output needs, and gives tensors their ONNX names and each
     * operation the name of its first output.
     *
     * @param outputs graph outputs; one that merely repeats another tensor gets an identity
     *     operation of its own
     */
    SameDiff finish(List<String> outputs) {
        for (String output : outputs) {
            SDVariable variable = variable(output);
            if (!names.getOrDefault(variable.name(), variable.name()).equals(output)) {
                try (NameScope scope = sameDiff.withNameScope(SCOPE)) {
                    SDVariable copy = sameDiff.identity(variable);
                    variables.put(output, copy);
                    names.put(copy.name(), output);
                }
            }
        }
        MergeReshapes.apply(sameDiff, inference);
        DropDeadOps.apply(
                sameDiff, outputs.stream().map(this::variable).map(SDVariable::name).toList());
        return Renaming.apply(sameDiff, names);
    }

    /** The name, with a number if the file uses it itself. */
    private String free(String wish) {
        String name = wish;
        for (int number = 2; !taken.add(name); number++) {
            name = wish + "_" + number;
        }
        return name;
    }
}
