// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sizes of tensors as operands. They are known when the model is imported for certain input sizes,
 * and folded then.
 */
final class Sizes {

    private final LayerCall call;
    private final KerasGraph graph;

    Sizes(LayerCall call) {
        this.call = call;
        this.graph = call.graph();
    }

    /** The sizes of some axes. */
    String of(KerasTensor x, List<Long> axes) {
        String all = graph.node(call.path(), "Shape", List.of(graph.plain(x)), Map.of());
        return graph.node(
                call.path(), "Gather", List.of(all, graph.longs(axes)), Map.of("axis", 0L));
    }

    /** How many elements some axes have together. */
    String product(KerasTensor x, List<Long> axes) {
        return graph.node(call.path(), "ReduceProd", List.of(of(x, axes)), Map.of("keepdims", 1L));
    }

    String joined(List<String> parts) {
        return graph.node(call.path(), "Concat", parts, Map.of("axis", 0L));
    }

    /** The tensor with sizes that are computed. */
    KerasTensor reshape(KerasTensor x, List<String> parts, int rank) {
        String result =
                graph.node(
                        call.path(), "Reshape", List.of(graph.plain(x), joined(parts)), Map.of());
        return KerasTensor.plain(result, rank, x.type());
    }

    /** A tensor of one number with sizes that are computed. */
    KerasTensor filled(double value, List<String> parts, int rank) {
        KerasTensor one =
                graph.constant(
                        "keras/one of " + value,
                        () -> Nd4j.createFromArray(value).castTo(DataType.FLOAT));
        String sizes = parts.size() == 1 ? parts.get(0) : joined(parts);
        String result =
                graph.node(call.path(), "Expand", List.of(graph.plain(one), sizes), Map.of());
        return KerasTensor.plain(result, rank, DataType.FLOAT);
    }

    /** 0, 1, ... for all axes but the last. */
    static List<Long> leading(int rank) {
        return new ArrayList<>(LongStream.range(0, rank - 1).boxed().toList());
    }
}
