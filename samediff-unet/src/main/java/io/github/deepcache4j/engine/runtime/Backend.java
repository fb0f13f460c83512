// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.lowering.Step;

/** Turns steps of one program into instructions. */
public interface Backend extends AutoCloseable {

    /**
     * @param memory where the program's buffers are
     */
    Instruction prepare(Step step, Memory memory);

    /** Bytes that it holds beside the program's buffers and constants. */
    default long bytes() {
        return 0;
    }

    /** Called after all instructions of the program were closed. */
    @Override
    default void close() {}
}
