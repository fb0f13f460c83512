// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
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

    /** Computes weights in the form, at an address. */
    interface Filling {
        void fill(dnnl_memory_desc form, long address);
    }

    /**
     * The weights in this form.
     *
     * @param owner holds them until it is closed
     * @param filling computes them if no other graph has; forms tell what is computed
     */
    synchronized dnnl_memory pack(
            Native dnnl, Resources owner, Origin origin, dnnl_memory_desc form, Filling filling) {
        List<Packed> forms = known.computeIfAbsent(origin, key -> new ArrayList<>());
        Packed packed = null;
        for (Packed candidate : forms) {
            if (dnnl_memory_desc_equal(candidate.form, form) != 0) {
                packed = candidate;
            }
        }
        if (packed == null) {
            packed = new Packed(form);
            filling.fill(form, packed.address());
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
}
