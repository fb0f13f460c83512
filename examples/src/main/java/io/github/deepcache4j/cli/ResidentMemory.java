// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Physical memory that this process holds, Java heap and native buffers together, as Linux counts
 * it ({@code man 5 proc}).
 */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** Bytes now; empty on systems that do not say. */
    static OptionalLong now() {
        return field("VmRSS");
    }

    /** The most that it has been since the process began. */
    static OptionalLong peak() {
        return field("VmHWM");
    }

    private static OptionalLong field(String name) {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
