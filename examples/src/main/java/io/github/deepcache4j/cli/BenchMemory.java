// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Value;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Bytes of a model and of this process. */
final class BenchMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private BenchMemory() {}

    /** Bytes of all weights and other constants. */
    static long weights(UNet unet) {
        return unet.graph().values().stream()
                .filter(Value::isConstant)
                .mapToLong(value -> value.shape().elements() * value.type().width())
                .sum();
    }

    /** The most memory that the process has held; 0 where the system does not tell. */
    static long peak() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        }
    }
}
