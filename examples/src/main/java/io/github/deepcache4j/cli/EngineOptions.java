// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What runs the graphs. */
final class EngineOptions {

    @Option(
            names = "--engine",
            paramLabel = "E",
            description =
                    "What runs the graphs: auto (default, the fastest that runs here), onednn,"
                            + " nd4j or samediff (the reference).")
    private String engine = Engines.AUTO;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "Number format inside the engine: f32 (default) or bf16.")
    private String precision = "f32";

    Engine engine() {
        try {
            return Engines.named(engine, precision());
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    Precision precision() {
        return precision(precision);
    }

    /** Reads a name as the command line writes it. */
    static Precision precision(String name) {
        return Arrays.stream(Precision.values())
                .filter(value -> value.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UserError(
                                        "there is no precision " + name + "; take f32 or bf16"));
    }
}
