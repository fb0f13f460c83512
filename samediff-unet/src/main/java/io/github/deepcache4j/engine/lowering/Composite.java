// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes that together are one well-known function; {@link
 * io.github.deepcache4j.graph.Composites} draws them.
 */
sealed interface Composite {

    /** In topological order; the last one computes the result. */
    List<Node> nodes();

    /**
     * @param input id of what is normalised
     * @param offset id of a tensor {@code [n, c, 1, 1]} that is added in front; none if negative
     * @param shape of the result, {@code [n, c, ...]}
     */
    record GroupNorm(
            List<Node> nodes,
            int input,
            int offset,
            Shape shape,
            int gamma,
            int beta,
            long groups,
            double epsilon,
            @Nullable Activation then)
            implements Composite {}

    /**
     * @param input id of what is normalised, of any shape
     * @param rows the input as {@code [rows, width]}
     */
    record LayerNorm(List<Node> nodes, int input, Shape rows, int gamma, int beta, double epsilon)
            implements Composite {}

    /** A function of every element that the graph spells out. */
    record Elementwise(List<Node> nodes, Activation activation, int input) implements Composite {}
}
