// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import picocli.CommandLine.Option;

/** What runs the graphs. */
final class EngineOptions {

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "samediff",
            description = "What runs the graphs: samediff (default).")
    private String engine = "samediff";

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "f32",
            description = "Number format inside the engine: f32 (default).")
    private String precision = "f32";

    Engine engine() {
        if (!engine.equals("samediff")) {
            throw new UserError("there is no engine " + engine + "; this version has samediff");
        }
        return new SameDiffEngine();
    }

    Precision precision() {
        if (!precision.equals("f32")) {
            throw new UserError(
                    "precision "
                            + precision
                            + " is not supported: engine "
                            + engine
                            + " runs in f32 only");
        }
        return Precision.F32;
    }
}
