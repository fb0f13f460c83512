// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.Precision;
import java.util.Optional;

/** What this processor's instructions are good for, as oneDNN sees them. */
final class Processor {

    private Processor() {}

    /**
     * bf16 without bf16 instructions would be emulated, slower than f32 (developer guide, "Data
     * Types").
     */
    static Optional<String> fault(Precision precision) {
        int isa = dnnl_get_effective_cpu_isa();
        boolean bf16 = (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
        return precision == Precision.F32 || bf16
                ? Optional.empty()
                : Optional.of(
                        "this processor has no bf16 instructions (AVX512_BF16 or AMX);"
                                + " take precision f32");
    }
}
