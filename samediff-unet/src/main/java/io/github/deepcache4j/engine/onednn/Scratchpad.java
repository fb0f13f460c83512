// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
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

    private record User(dnnl_memory memory, long offset) {}

    private final List<User> users = new ArrayList<>();
    private @Nullable BytePointer block;
    private long size;

    /** Lets a memory object point here. */
    void serve(dnnl_memory memory, long bytes) {
        serve(memory, 0, bytes);
    }

    /**
     * Lets a memory object point behind the first bytes of it. All is zero until a primitive writes
     * there, or a larger demand moves the block.
     */
    void serve(dnnl_memory memory, long offset, long bytes) {
        User user = new User(memory, offset);
        users.add(user);
        if (offset + bytes > size || block == null) {
            size = Math.max(offset + bytes, 1);
            if (block != null) {
                block.deallocate();
            }
            block = new BytePointer(size + ALIGNMENT);
            Pointer.memset(block, 0, size + ALIGNMENT);
            users.forEach(this::point);
        } else {
            point(user);
        }
    }

    private void point(User user) {
        long start = java.util.Objects.requireNonNull(block).address();
        long aligned = (start + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        Native.check(
                dnnl_memory_set_data_handle(
                        user.memory(), new Native.Address(aligned + user.offset())),
                "scratchpad");
    }

    /** Writes numbers behind the first bytes. */
    void write(long offset, float[] numbers) {
        long start = java.util.Objects.requireNonNull(block).address();
        long aligned = (start + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        FloatPointer place = new FloatPointer(new Native.Address(aligned + offset));
        place.put(numbers);
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
