// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

/** What a step does to its result before it stores it: saves a pass over memory. */
public sealed interface PostOp {

    /**
     * Adds or multiplies by another tensor.
     *
     * @param operand of the result's sizes, or 1 where it is the same along an axis
     */
    record Combine(BinaryKind kind, Operand operand) implements PostOp {}

    /** Applies a function to every element. */
    record Apply(Activation activation) implements PostOp {}
}
