// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.runtime.Instruction;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** One oneDNN primitive and its arguments; running it is one native call. */
final class PrimitiveCall implements Instruction {

    private final Native dnnl;
    private final Resources resources;
    private final dnnl_primitive primitive;
    private final dnnl_exec_arg_t arguments;
    private final int count;
    private final String kernel;

    private PrimitiveCall(
            Native dnnl,
            Resources resources,
            dnnl_primitive primitive,
            dnnl_exec_arg_t arguments,
            int count,
            String kernel) {
        this.dnnl = dnnl;
        this.resources = resources;
        this.primitive = primitive;
        this.arguments = arguments;
        this.count = count;
        this.kernel = kernel;
    }

    /**
     * @param resources freed with the call; holds the description and the memory objects
     * @param memories by argument number ({@code DNNL_ARG_...})
     */
    static PrimitiveCall of(
            Native dnnl,
            Resources resources,
            dnnl_primitive_desc description,
            Map<Integer, dnnl_memory> memories,
            Scratchpad scratchpad) {
        dnnl_primitive primitive = new dnnl_primitive();
        Native.check(dnnl_primitive_create(primitive, description), "primitive");
        resources.own(primitive, () -> dnnl_primitive_destroy(primitive));
        Map<Integer, dnnl_memory> all = new LinkedHashMap<>(memories);
        dnnl_memory_desc scratch =
                dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
        long bytes = scratch == null ? 0 : dnnl_memory_desc_get_size(scratch);
        if (bytes > 0) {
            dnnl_memory memory = dnnl.memory(resources, scratch, 0);
            scratchpad.serve(memory, bytes);
            all.put(DNNL_ARG_SCRATCHPAD, memory);
        }
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(all.size());
        resources.own(arguments, arguments::deallocate);
        int at = 0;
        for (Map.Entry<Integer, dnnl_memory> entry : all.entrySet()) {
            arguments.getPointer(at++).arg(entry.getKey()).memory(entry.getValue());
        }
        return new PrimitiveCall(
                dnnl,
                resources,
                primitive,
                arguments,
                all.size(),
                Native.implementation(description));
    }

    @Override
    public void run() {
        int status = dnnl_primitive_execute(primitive, dnnl.stream(), count, arguments);
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN: " + kernel + " failed with status " + status);
        }
    }

    @Override
    public String kernel() {
        return kernel;
    }

    @Override
    public void close() {
        resources.close();
    }
}
