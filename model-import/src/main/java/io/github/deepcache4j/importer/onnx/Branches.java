// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.TensorProto;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nodes of an {@code If} whose condition is known at import: those of the branch that is taken.
 * Exporters write such conditions on sizes, which are known here.
 *
 * <pre>
 *   before:  c, x ─ If (then: Neg(x), else: Abs(x)) ─ y      after (c is true):  x ─ Neg ─ y
 * </pre>
 */
final class Branches {

    private Branches() {}

    static Map<String, OnnxOp> all() {
        return Map.of("If", Branches::refuse);
    }

    /** Reached only if the condition is not known. */
    private static List<SDVariable> refuse(Emission e) {
        throw e.refuse("its condition (" + e.node().inputs().get(0) + ") is computed at run time");
    }

    /** The condition, if the node is a conditional and its condition is known. */
    private static Optional<INDArray> decision(OnnxNode node, Map<String, INDArray> constants) {
        if (!node.qualifiedOp().equals("If") || node.inputs().size() != 1) {
            return Optional.empty();
        }
        return Optional.ofNullable(constants.get(node.inputs().get(0)))
                .filter(condition -> condition.length() == 1);
    }

    /** The nodes of the taken branch, its tensors renamed so that they meet no others. */
    private static List<OnnxNode> taken(OnnxModel model, OnnxNode node, INDArray condition) {
        String attribute = condition.getDouble(0) != 0 ? "then_branch" : "else_branch";
        if (!(node.attributes().get(attribute) instanceof GraphProto graph)
                || graph.getOutputCount() != node.outputs().size()) {
            throw model.fault("node " + node.name() + " (If) has no proper " + attribute);
        }
        Scope scope = new Scope(node.output() + "/" + attribute);
        List<NodeProto> body = new ArrayList<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            body.add(constant(tensor));
        }
        body.addAll(graph.getNodeList());
        for (int i = 0; i < graph.getOutputCount(); i++) {
            if (!node.outputs().get(i).isEmpty()) {
                String result = "\u0001result" + i;
                scope.bind(result, node.outputs().get(i));
                body.add(
                        NodeProto.newBuilder()
                                .setOpType("Identity")
                                .addInput(graph.getOutput(i).getName())
                                .addOutput(result)
                                .build());
            }
        }
        OnnxNodes reader = new OnnxNodes(model.file(), model.files());
        return scope.place(body).stream().map(reader::read).toList();
    }

    private static NodeProto constant(TensorProto tensor) {
        return NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput(tensor.getName())
                .addAttribute(
                        AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(tensor))
                .build();
    }

    /**
     * Visits every node in order, those of a taken branch in place of its {@code If}.
     *
     * @param constants grows while nodes are visited
     * @return the nodes that were visited
     */
    static List<OnnxNode> visit(
            OnnxModel model, Map<String, INDArray> constants, Consumer<OnnxNode> visitor) {
        Deque<OnnxNode> left = new ArrayDeque<>(model.nodes());
        List<OnnxNode> visited = new ArrayList<>();
        while (!left.isEmpty()) {
            OnnxNode node = left.pop();
            Optional<INDArray> condition = decision(node, constants);
            if (condition.isPresent()) {
                List<OnnxNode> taken = taken(model, node, condition.get());
                for (int i = taken.size() - 1; i >= 0; i--) {
                    left.push(taken.get(i));
                }
            } else {
                visitor.accept(node);
                visited.add(node);
            }
        }
        return visited;
    }
}
