// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.List;

/**
 * An operation of a {@link DataflowGraph}.
 *
 * @param id index in {@link DataflowGraph#nodes()}; nodes are in topological order
 * @param name operation name in the SameDiff graph
 * @param op ND4J operation name, such as {@code conv2d}
 * @param inputs value ids, in operand order; a value may occur twice
 * @param outputs value ids
 * @param integers integer arguments of the operation (for a reduction, its axes)
 */
public record Node(
        int id,
        String name,
        String op,
        List<Integer> inputs,
        List<Integer> outputs,
        List<Long> integers) {

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        integers = List.copyOf(integers);
    }
}
