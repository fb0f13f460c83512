// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Working memory that the primitives of one graph share, since they run one after another. Its size
 * is the largest that one of them asks for.
 *
 * <p>oneDNN's own scratchpads belong to the thread that made a primitive; with this one a graph may
 * be run by another thread.
 */
final class Scratchpad implements AutoCloseable {

    private static final long ALIGNMENT = 64;

    private final List<dnnl_memory> users = new ArrayList<>();
    private @Nullable BytePointer block;
    private long size;

    /** Lets a memory object point here. */
    void serve(dnnl_memory memory, long bytes) {
        users.add(memory);
        if (bytes > size || block == null) {
            size = Math.max(bytes, 1);
            if (block != null) {
                block.deallocate();
            }
            block = new BytePointer(size + ALIGNMENT);
            users.forEach(this::point);
        } else {
            point(memory);
        }
    }

    private void point(dnnl_memory memory) {
        long start = java.util.Objects.requireNonNull(block).address();
        Pointer aligned = new Native.Address((start + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Native.check(dnnl_memory_set_data_handle(memory, aligned), "scratchpad");
    }

    long bytes() {
        return size;
    }

    @Override
    public void close() {
        if (block != null) {
            block.deallocate();
            block = null;
        }
        users.clear();
    }
}
