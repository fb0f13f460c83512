// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.nd4j.Nd4jBackend;
import io.github.deepcache4j.engine.runtime.Backend;
import io.github.deepcache4j.engine.runtime.PreparedEngine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs graphs as oneDNN primitives, in f32 or bf16, on x86-64 Linux.
 *
 * <p>All graphs that one instance compiles share packed weights. This class loads without oneDNN on
 * the class path and then says what is missing.
 */
public final class OneDnnEngine extends PreparedEngine {

    private final PackedWeightsHolder packed = new PackedWeightsHolder();

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return Availability.fault(precision);
    }

    @Override
    protected Backend backend(Program program) {
        return new OneDnnBackend(program, packed.weights(), new Nd4jBackend());
    }

    /** Keeps oneDNN's classes out of this one until they are needed. */
    private static final class PackedWeightsHolder {

        private @Nullable PackedWeights weights;

        synchronized PackedWeights weights() {
            if (weights == null) {
                weights = new PackedWeights();
            }
            return weights;
        }
    }
}
