// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights in the order of elements that oneDNN chose, made once and shared by all graphs that one
 * engine compiles. Freed when the last graph that uses them is closed.
 */
final class PackedWeights {

    private static final long ALIGNMENT = 64;

    /** Where weights come from: an array by identity, and a part of it. */
    record Origin(INDArray array, Layout layout, long offset) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Origin that
                    && array == that.array
                    && offset == that.offset
                    && layout.equals(that.layout);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(array) * 31 + Long.hashCode(offset);
        }
    }

    private static final class Packed {
        private final dnnl_memory_desc form = new dnnl_memory_desc();
        private final BytePointer block;
        private int users;

        Packed(dnnl_memory_desc form) {
            Native.check(dnnl_memory_desc_clone(this.form, form), "memory");
            this.block = new BytePointer(dnnl_memory_desc_get_size(form) + ALIGNMENT);
        }

        long address() {
            return (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    private final Map<Origin, List<Packed>> known = new java.util.HashMap<>();

    /**
     * The weights in this form.
     *
     * @param owner holds them until it is closed
     * @param from form of the array
     * @param address of the array's part
     */
    synchronized dnnl_memory pack(
            Native dnnl,
            Resources owner,
            Origin origin,
            dnnl_memory_desc from,
            long address,
            dnnl_memory_desc form) {
        if (dnnl_memory_desc_equal(from, form) != 0) {
            return dnnl.memory(owner, form, address);
        }
        List<Packed> forms = known.computeIfAbsent(origin, key -> new ArrayList<>());
        Packed packed = null;
        for (Packed candidate : forms) {
            if (dnnl_memory_desc_equal(candidate.form, form) != 0) {
                packed = candidate;
            }
        }
        if (packed == null) {
            packed = new Packed(form);
            reorder(dnnl, from, address, form, packed.address());
            forms.add(packed);
        }
        packed.users++;
        Packed result = packed;
        owner.own(result, () -> release(origin, result));
        return dnnl.memory(owner, form, packed.address());
    }

    /** Bytes of all weights that graphs use now. */
    synchronized long bytes() {
        return known.values().stream()
                .flatMap(List::stream)
                .mapToLong(packed -> dnnl_memory_desc_get_size(packed.form))
                .sum();
    }

    private synchronized void release(Origin origin, Packed packed) {
        if (--packed.users == 0) {
            List<Packed> forms = java.util.Objects.requireNonNull(known.get(origin));
            forms.remove(packed);
            if (forms.isEmpty()) {
                known.remove(origin);
            }
            packed.block.deallocate();
            dnnl_memory_desc_destroy(packed.form);
        }
    }

    private static void reorder(
            Native dnnl, dnnl_memory_desc from, long source, dnnl_memory_desc to, long target) {
        try (Resources once = new Resources()) {
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            Native.check(
                    dnnl_reorder_primitive_desc_create(
                            description, from, dnnl.engine(), to, dnnl.engine(), null),
                    "reorder of weights");
            once.own(description, () -> dnnl_primitive_desc_destroy(description));
            dnnl_primitive primitive = new dnnl_primitive();
            Native.check(dnnl_primitive_create(primitive, description), "reorder of weights");
            once.own(primitive, () -> dnnl_primitive_destroy(primitive));
            dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);
            once.own(arguments, arguments::deallocate);
            arguments.getPointer(0).arg(DNNL_ARG_FROM).memory(dnnl.memory(once, from, source));
            arguments.getPointer(1).arg(DNNL_ARG_TO).memory(dnnl.memory(once, to, target));
            Native.check(
                    dnnl_primitive_execute(primitive, dnnl.stream(), 2, arguments),
                    "reorder of weights");
            Native.check(dnnl_stream_wait(dnnl.stream()), "stream");
        }
    }
}
