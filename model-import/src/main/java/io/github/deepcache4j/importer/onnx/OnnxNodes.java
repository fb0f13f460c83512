// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.NodeProto;
import org.nd4j.shade.protobuf.ByteString;

/** Reads nodes of a file. */
final class OnnxNodes {

    private final String file;
    private final TensorFiles tensors;

    OnnxNodes(String file, TensorFiles tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    OnnxNode read(NodeProto node) {
        if (node.getOutputCount() == 0 || node.getOutput(0).isEmpty()) {
            throw new ImportException(
                    file
                            + ": node "
                            + node.getName()
                            + " ("
                            + node.getOpType()
                            + ") has no first output");
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        node.getAttributeList()
                .forEach(attribute -> attributes.put(attribute.getName(), value(attribute)));
        String domain = node.getDomain().equals("ai.onnx") ? "" : node.getDomain();
        String name = node.getName().isEmpty() ? node.getOutput(0) : node.getName();
        return new OnnxNode(
                name,
                domain,
                node.getOpType(),
                node.getInputList(),
                node.getOutputList(),
                attributes,
                Scope.reads(node));
    }

    private Object value(AttributeProto attribute) {
        return switch (attribute.getType()) {
            case INT -> attribute.getI();
            case FLOAT -> (double) attribute.getF();
            case STRING -> attribute.getS().toStringUtf8();
            case TENSOR -> OnnxTensors.array(attribute.getT(), tensors, file);
            case INTS -> List.copyOf(attribute.getIntsList());
            case FLOATS -> attribute.getFloatsList().stream().map(Float::doubleValue).toList();
            case STRINGS ->
                    attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList();
            case GRAPH -> attribute.getG();
            // Kept by type name: the operator that reads it, or leaves it unread, refuses it.
            default -> attribute.getType();
        };
    }
}
