// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * A tensor of a {@link DataflowGraph}.
 *
 * @param id index in {@link DataflowGraph#values()}
 * @param name variable name in the SameDiff graph
 * @param kind where its contents come from
 * @param type element type
 * @param shape sizes, outermost first
 */
public record Value(int id, String name, Kind kind, DataType type, Shape shape) {

    /** Where the contents of a tensor come from. */
    public enum Kind {
        /** given by the caller at every run */
        INPUT,
        /** a weight or another fixed array */
        CONSTANT,
        /** computed by a node */
        ACTIVATION
    }

    public boolean isConstant() {
        return kind == Kind.CONSTANT;
    }
}
