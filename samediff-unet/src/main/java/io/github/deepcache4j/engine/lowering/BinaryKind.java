// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

/** Arithmetic of two tensors, element by element. */
public enum BinaryKind {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE
}
