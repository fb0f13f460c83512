// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.nd4j.linalg.api.buffer.DataType;

/** oneDNN's C interface with its status checked, for one CPU engine and its stream. */
final class Native implements AutoCloseable {

    private static final int UNIMPLEMENTED = 3;

    private final Resources resources = new Resources();
    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();

    Native() {
        check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
        resources.own(engine, () -> dnnl_engine_destroy(engine));
        check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "stream");
        resources.own(stream, () -> dnnl_stream_destroy(stream));
    }

    dnnl_engine engine() {
        return engine;
    }

    dnnl_stream stream() {
        return stream;
    }

    /** A pointer to memory that belongs to somebody else. */
    static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }

    /**
     * @throws UnsupportedPrimitive if oneDNN has no such primitive
     */
    static void check(int status, String what) {
        if (status == UNIMPLEMENTED || status == 2) {
            throw new UnsupportedPrimitive(what);
        }
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN: " + what + " failed with status " + status);
        }
    }

    static int type(DataType type) {
        return switch (type) {
            case FLOAT -> dnnl_f32;
            case BFLOAT16 -> dnnl_bf16;
            default -> throw new UnsupportedPrimitive(type.toString());
        };
    }

    /** The form of a tensor in memory. */
    dnnl_memory_desc form(Resources owner, DataType type, Layout layout) {
        return exactForm(owner, type, layout.canonical());
    }

    /** The form with just these strides. */
    dnnl_memory_desc exactForm(Resources owner, DataType type, Layout layout) {
        int rank = Math.max(1, layout.rank());
        long[] sizes = new long[rank];
        long[] strides = new long[rank];
        sizes[0] = 1;
        strides[0] = 1;
        for (int axis = 0; axis < layout.rank(); axis++) {
            sizes[axis] = layout.size(axis);
            strides[axis] = layout.stride(axis);
        }
        dnnl_memory_desc form = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_strides(form, rank, sizes, type(type), strides),
                "memory of " + layout);
        return owner.own(form, () -> dnnl_memory_desc_destroy(form));
    }

    /** A form that leaves the order of elements to oneDNN. */
    dnnl_memory_desc anyForm(Resources owner, DataType type, Layout layout) {
        long[] sizes = layout.shape().toArray();
        dnnl_memory_desc form = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_tag(
                        form, sizes.length, sizes, type(type), dnnl_format_tag_any),
                "memory of " + layout);
        return owner.own(form, () -> dnnl_memory_desc_destroy(form));
    }

    /** Memory at an address; {@code null} for one that is set later. */
    dnnl_memory memory(Resources owner, dnnl_memory_desc form, long address) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, form, engine, new Address(address)), "memory");
        return owner.own(memory, () -> dnnl_memory_destroy(memory));
    }

    static String implementation(dnnl_primitive_desc primitive) {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            check(dnnl_primitive_desc_query(primitive, dnnl_query_impl_info_str, 0, name), "query");
            return new BytePointer(name.get(0)).getString();
        }
    }

    @Override
    public void close() {
        dnnl_stream_wait(stream);
        resources.close();
    }
}
