// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The cached result of a deep region at one full step, in the layout of the engine that made it.
 * Made empty, filled by a full step.
 */
public final class Feature {

    private @Nullable INDArray contents;
    private boolean filled;
    private long bytes;

    /** Whether a full step has filled it. */
    public boolean isFilled() {
        return filled;
    }

    /** Bytes that the feature takes; 0 while it is empty. */
    public long bytes() {
        return bytes;
    }

    /** For engines: contents moved out of the engine's buffer; none if they are still there. */
    public @Nullable INDArray contents() {
        return contents;
    }

    /** For engines: keeps the contents outside of the engine's buffer. */
    public void contents(INDArray contents) {
        this.contents = contents;
        filled(contents.length() * contents.dataType().width());
    }

    /** For engines: the contents were computed. */
    public void filled(long bytes) {
        this.filled = true;
        this.bytes = bytes;
    }
}
