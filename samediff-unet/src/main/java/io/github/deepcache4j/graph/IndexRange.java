// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The indices that an input may hold: from 0 to below the size of the axis that it picks from.
 *
 * @param size for class labels the number of classes, the one for "no class" included
 */
public record IndexRange(long size) {

    private static final Set<String> PASSING =
            Set.of("reshape", "cast", "identity", "expand_dims", "squeeze", "permute", "tile");

    /**
     * The range of an input, following it through operations that keep its contents; the smallest,
     * if it picks from several axes.
     *
     * @return empty if the input is no index
     */
    public static Optional<IndexRange> find(DataflowGraph graph, String input) {
        return graph.find(input).flatMap(value -> find(graph, value));
    }

    private static Optional<IndexRange> find(DataflowGraph graph, Value value) {
        Optional<IndexRange> smallest = Optional.empty();
        for (int consumer : graph.consumers(value.id())) {
            Node node = graph.node(consumer);
            if (node.op().equals("gather") && node.inputs().indexOf(value.id()) == 1) {
                int axis = node.integers().isEmpty() ? 0 : Math.toIntExact(node.integers().get(0));
                long size = graph.value(node.inputs().get(0)).shape().size(axis);
                smallest = smaller(smallest, Optional.of(new IndexRange(size)));
            } else if (PASSING.contains(node.op())) {
                Value passed = graph.value(node.outputs().get(0));
                smallest = smaller(smallest, find(graph, passed));
            }
        }
        return smallest;
    }

    private static Optional<IndexRange> smaller(
            Optional<IndexRange> one, Optional<IndexRange> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return one.get().size <= other.get().size ? one : other;
    }

    /** What is wrong with the contents of an input, in a few words; empty if nothing is. */
    public Optional<String> fault(String input, INDArray indices) {
        double low = indices.minNumber().doubleValue();
        double high = indices.maxNumber().doubleValue();
        return low >= 0 && high < size
                ? Optional.empty()
                : Optional.of(
                        input
                                + " holds "
                                + plain(low >= 0 ? high : low)
                                + ", the model takes 0 to "
                                + (size - 1));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
