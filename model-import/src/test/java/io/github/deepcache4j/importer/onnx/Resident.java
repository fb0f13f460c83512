// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process, as Linux counts it; zero elsewhere. */
final class Resident {

    private Resident() {}

    /** Bytes now. */
    static long now() {
        return status("VmRSS:");
    }

    /** The most bytes since {@link #forget}, or since the process began. */
    static long peak() {
        return status("VmHWM:");
    }

    /** Starts the peak afresh. */
    static void forget() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException e) {
            // not Linux, or not allowed: the peak is that of the process
        }
    }

    private static long status(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
