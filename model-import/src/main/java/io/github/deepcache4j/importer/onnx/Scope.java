// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;

/**
 * Nodes of a function or a branch put into the graph around it: their own tensors get names that
 * cannot meet others, what they read from outside keeps its name, and so inside the graphs that
 * they hold.
 */
final class Scope {

    private final String prefix;
    private final Map<String, String> names = new HashMap<>();

    /**
     * @param prefix unique in the model
     */
    Scope(String prefix) {
        this.prefix = prefix;
    }

    /** Declares that a tensor of the inner graph is one of the outer graph. */
    void bind(String inner, String outer) {
        names.put(inner, outer);
    }

    /** Declares that a tensor is made inside. */
    void own(String inner) {
        names.put(inner, prefix + "/" + inner);
    }

    String name(String inner) {
        return names.getOrDefault(inner, inner);
    }

    /** The nodes with outer names; what they make is their own unless bound. */
    List<NodeProto> place(List<NodeProto> nodes) {
        for (NodeProto node : nodes) {
            for (String output : node.getOutputList()) {
                if (!output.isEmpty() && !names.containsKey(output)) {
                    own(output);
                }
            }
        }
        List<NodeProto> placed = new ArrayList<>();
        nodes.forEach(node -> placed.add(renamed(node, names, prefix)));
        return placed;
    }

    private static NodeProto renamed(NodeProto node, Map<String, String> names, String prefix) {
        NodeProto.Builder result = node.toBuilder().clearInput().clearOutput().clearAttribute();
        if (!node.getName().isEmpty()) {
            result.setName(prefix + "/" + node.getName());
        }
        node.getInputList().forEach(input -> result.addInput(names.getOrDefault(input, input)));
        node.getOutputList()
                .forEach(output -> result.addOutput(names.getOrDefault(output, output)));
        for (AttributeProto attribute : node.getAttributeList()) {
            result.addAttribute(
                    attribute.getType() == AttributeProto.AttributeType.GRAPH
                            ? attribute.toBuilder()
                                    .setG(renamed(attribute.getG(), names, prefix))
                                    .build()
                            : attribute);
        }
        return result.build();
    }

    /** A graph inside: its own tensors hide outer ones of the same name. */
    private static GraphProto renamed(GraphProto graph, Map<String, String> names, String prefix) {
        Map<String, String> visible = new HashMap<>(names);
        visible.keySet().removeAll(made(graph));
        GraphProto.Builder result = graph.toBuilder().clearNode().clearOutput();
        graph.getNodeList().forEach(node -> result.addNode(renamed(node, visible, prefix)));
        graph.getOutputList()
                .forEach(
                        output ->
                                result.addOutput(
                                        output.toBuilder()
                                                .setName(
                                                        visible.getOrDefault(
                                                                output.getName(),
                                                                output.getName()))));
        return result.build();
    }

    private static Set<String> made(GraphProto graph) {
        Set<String> made = new HashSet<>();
        graph.getInitializerList().stream().map(TensorProto::getName).forEach(made::add);
        graph.getInputList().forEach(input -> made.add(input.getName()));
        graph.getNodeList().forEach(node -> made.addAll(node.getOutputList()));
        return made;
    }

    /** What a node reads, from inside the graphs that it holds too. */
    static Set<String> reads(NodeProto node) {
        Set<String> reads = new HashSet<>(node.getInputList());
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getType() == AttributeProto.AttributeType.GRAPH) {
                GraphProto graph = attribute.getG();
                Set<String> inside = new HashSet<>();
                graph.getNodeList().forEach(inner -> inside.addAll(reads(inner)));
                graph.getOutputList().forEach(output -> inside.add(output.getName()));
                inside.removeAll(made(graph));
                reads.addAll(inside);
            }
        }
        reads.remove("");
        return reads;
    }
}
