// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.nd4j;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.runtime.Backend;
import io.github.deepcache4j.engine.runtime.PreparedEngine;
import java.util.Optional;

/**
 * Runs graphs as a prepared list of ND4J operations on shared buffers; f32 only. On every backend
 * that ND4J has.
 */
public final class Nd4jEngine extends PreparedEngine {

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return precision == Precision.F32
                ? Optional.empty()
                : Optional.of(
                        "engine nd4j runs in f32 only, not in " + precision + "; take onednn");
    }

    @Override
    protected Backend backend(Program program) {
        return new Nd4jBackend();
    }
}
