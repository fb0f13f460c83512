// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.RandomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Computes, once, what depends on constants and shapes alone. */
final class ConstantFolding {

    /** Operations whose result depends on the shape of their operand, not on its contents. */
    private static final Set<String> SHAPE_READERS = Set.of("shape_of", "size", "rank", "size_at");

    private ConstantFolding() {}

    /** Whether the node was computed; its results are constants of the source then. */
    static boolean fold(Source source, Node node) {
        boolean shapes = SHAPE_READERS.contains(node.op());
        if (!shapes
                && (node.inputs().isEmpty()
                        || node.inputs().stream().anyMatch(input -> source.constant(input) == null)
                        || source.function(node) instanceof RandomOp)) {
            return false;
        }
        List<INDArray> inputs = new ArrayList<>();
        for (int input : node.inputs()) {
            INDArray known = source.constant(input);
            inputs.add(known != null ? known : empty(source.graph().value(input)));
        }
        List<INDArray> outputs =
                node.outputs().stream().map(output -> empty(source.graph().value(output))).toList();
        Nd4jExecution.of(source.function(node), inputs, outputs).run();
        for (int i = 0; i < outputs.size(); i++) {
            source.fold(node.outputs().get(i), Objects.requireNonNull(outputs.get(i)));
        }
        return true;
    }

    private static INDArray empty(Value value) {
        return Nd4j.createUninitializedDetached(value.type(), value.shape().toArray());
    }
}
