// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.FunctionProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.OperatorSetIdProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * Replaces calls of a model's own functions by the functions' nodes.
 *
 * <pre>
 *   before:  x ─ f ─ y      f(a) = Relu(Neg(a))      after:  x ─ Neg ─ Relu ─ y
 * </pre>
 */
final class LocalFunctions {

    /** Functions may call functions, but not themselves. */
    private static final int DEEPEST = 32;

    /** Not a legal start of a tensor's name in a file. */
    private static final String RESULT = "\u0001result";

    private static final int MOST_NODES = 1_000_000;

    /** Number of {@code FunctionProto.attribute_proto} in onnx.proto. */
    private static final int DEFAULTS_FIELD = 11;

    private final String file;
    private final Map<String, FunctionProto> functions = new HashMap<>();
    private final long opset;
    private int calls;
    private int nodes;

    private LocalFunctions(ModelProto model, String file, long opset) {
        this.file = file;
        this.opset = opset;
        for (FunctionProto function : model.getFunctionsList()) {
            functions.put(function.getDomain() + ":" + function.getName(), function);
        }
    }

    /**
     * The model's nodes without calls.
     *
     * @param opset version of the standard operators that the model declares
     * @throws ImportException if a function calls itself, or speaks another opset
     */
    static List<NodeProto> inline(ModelProto model, String file, long opset) {
        List<NodeProto> nodes = model.getGraph().getNodeList();
        return model.getFunctionsCount() == 0
                ? nodes
                : new LocalFunctions(model, file, opset).inline(nodes, 0);
    }

    private List<NodeProto> inline(List<NodeProto> body, int depth) {
        if (depth > DEEPEST) {
            throw new ImportException(
                    file + ": functions call each other more than " + DEEPEST + " deep");
        }
        List<NodeProto> result = new ArrayList<>();
        for (NodeProto node : body) {
            FunctionProto function = functions.get(node.getDomain() + ":" + node.getOpType());
            if (function != null) {
                result.addAll(inline(call(node, function), depth + 1));
            } else {
                result.add(withinGraphs(node, depth));
            }
        }
        nodes += result.size();
        if (nodes > MOST_NODES) {
            throw new ImportException(file + ": its functions make too many nodes");
        }
        return result;
    }

    private NodeProto withinGraphs(NodeProto node, int depth) {
        NodeProto.Builder result = node.toBuilder();
        for (int i = 0; i < node.getAttributeCount(); i++) {
            AttributeProto attribute = node.getAttribute(i);
            if (attribute.getType() == AttributeProto.AttributeType.GRAPH) {
                GraphProto graph = attribute.getG();
                GraphProto.Builder inlined = graph.toBuilder().clearNode();
                inline(graph.getNodeList(), depth + 1).forEach(inlined::addNode);
                result.setAttribute(i, attribute.toBuilder().setG(inlined));
            }
        }
        return result.build();
    }

    private List<NodeProto> call(NodeProto node, FunctionProto function) {
        requireOpset(function);
        Scope scope =
                new Scope(
                        (node.getName().isEmpty() ? function.getName() : node.getName())
                                + "#"
                                + ++calls);
        for (int i = 0; i < function.getInputCount(); i++) {
            scope.bind(function.getInput(i), i < node.getInputCount() ? node.getInput(i) : "");
        }
        List<NodeProto> body = new ArrayList<>();
        function.getNodeList().forEach(inner -> body.add(withAttributes(inner, node, function)));
        for (int i = 0; i < Math.min(function.getOutputCount(), node.getOutputCount()); i++) {
            if (!node.getOutput(i).isEmpty()) {
                // an identity of its own: the function may return an input, or one tensor twice
                String result = RESULT + i;
                scope.bind(result, node.getOutput(i));
                body.add(identity(function.getOutput(i), result));
            }
        }
        return scope.place(body);
    }

    private static NodeProto identity(String from, String to) {
        return NodeProto.newBuilder().setOpType("Identity").addInput(from).addOutput(to).build();
    }

    private void requireOpset(FunctionProto function) {
        for (OperatorSetIdProto set : function.getOpsetImportList()) {
            if (set.getDomain().isEmpty() && set.getVersion() != opset) {
                throw new ImportException(
                        file
                                + ": function "
                                + function.getName()
                                + " is written in opset "
                                + set.getVersion()
                                + ", the model in opset "
                                + opset
                                + "; inline it first (onnx.inliner.inline_local_functions)");
            }
        }
    }

    /** A node of the function with the values that the call gives for its attributes. */
    private NodeProto withAttributes(NodeProto inner, NodeProto call, FunctionProto function) {
        Map<String, AttributeProto> given = new HashMap<>();
        defaults(function).forEach(value -> given.put(value.getName(), value));
        call.getAttributeList().forEach(value -> given.put(value.getName(), value));
        NodeProto.Builder result = inner.toBuilder().clearAttribute();
        for (AttributeProto attribute : inner.getAttributeList()) {
            AttributeProto value = given.get(attribute.getRefAttrName());
            if (attribute.getRefAttrName().isEmpty()) {
                result.addAttribute(attribute);
            } else if (value != null) {
                result.addAttribute(value.toBuilder().setName(attribute.getName()));
            }
        }
        return result.build();
    }

    /** The protobuf classes in ND4J are older than attributes with default values. */
    private List<AttributeProto> defaults(FunctionProto function) {
        List<AttributeProto> defaults = new ArrayList<>();
        try {
            for (ByteString bytes :
                    function.getUnknownFields().getField(DEFAULTS_FIELD).getLengthDelimitedList()) {
                defaults.add(AttributeProto.parseFrom(bytes));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ImportException(
                    file + ": function " + function.getName() + " has damaged attributes", e);
        }
        return defaults;
    }
}
