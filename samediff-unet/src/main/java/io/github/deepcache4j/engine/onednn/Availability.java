// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import io.github.deepcache4j.engine.Precision;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** Whether oneDNN runs here, and if not, why. */
final class Availability {

    private static final String PRESET = "org.bytedeco.dnnl.global.dnnl";
    private static final String OTHERWISE = "; take engine nd4j";

    private Availability() {}

    static Optional<String> fault(Precision precision) {
        String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
        if (!system.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
            return Optional.of(
                    "engine onednn runs on x86-64 Linux only, not " + system + OTHERWISE);
        }
        try {
            // without running it: beside ND4J's CUDA backend oneDNN must not be loaded
            Class.forName(PRESET, false, Availability.class.getClassLoader());
            if (!Nd4j.getEnvironment().isCPU()) {
                return Optional.of("engine onednn needs ND4J's CPU backend" + OTHERWISE);
            }
            Class.forName(PRESET);
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.of(
                    "engine onednn needs org.bytedeco:dnnl:3.8.1-1.5.12 and"
                            + " org.bytedeco:opencl:3.0-1.5.12 with their linux-x86_64"
                            + " classifiers on the class path ("
                            + e
                            + ")"
                            + OTHERWISE);
        }
        return Processor.fault(precision);
    }
}
