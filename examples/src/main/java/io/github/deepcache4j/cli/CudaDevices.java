// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Asks the driver's own tool which CUDA devices there are; loads no CUDA library. */
final class CudaDevices {

    private static final String BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";

    private static final long PATIENCE_SECONDS = 10;

    private static final List<Path> TOOLKITS =
            List.of(
                    Path.of("/usr/local/cuda/lib64"),
                    Path.of("/usr/local/cuda-11.6/lib64"),
                    Path.of("/usr/lib/x86_64-linux-gnu"));

    private CudaDevices() {}

    /**
     * Why ND4J's CUDA backend, if it is on the class path, cannot run here; to be asked before
     * anything loads ND4J, whose own failure says nothing of use.
     */
    static Optional<String> fault() {
        return isBackendPresent()
                ? CudaCheck.fault(query(), toolkit() || isToolkitOnClassPath())
                : Optional.empty();
    }

    private static boolean isBackendPresent() {
        try {
            Class.forName(BACKEND, false, CudaDevices.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The artifact that carries the runtime's libraries. */
    private static boolean isToolkitOnClassPath() {
        return System.getProperty("java.class.path", "").matches(".*cuda-11[^/\\\\]*-redist.*");
    }

    /** A line for each device, or one that says why there is none. */
    static List<String> describe() {
        String text = query();
        if (text == null) {
            return List.of(CudaCheck.noDriver());
        }
        boolean toolkit = toolkit() || isToolkitOnClassPath();
        List<String> lines =
                CudaCheck.parse(text).stream()
                        .map(device -> CudaCheck.judge(device, toolkit))
                        .toList();
        return lines.isEmpty() ? List.of("the driver reports no device") : lines;
    }

    private static @org.jspecify.annotations.Nullable String query() {
        try {
            Process process =
                    new ProcessBuilder(
                                    "nvidia-smi",
                                    "--query-gpu=" + CudaCheck.QUERY,
                                    "--format=csv,noheader")
                            .redirectErrorStream(true)
                            .start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? text
                    : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Whether the runtime of CUDA 11 is where installers put it. */
    private static boolean toolkit() {
        for (Path folder : TOOLKITS) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.anyMatch(
                        file -> String.valueOf(file.getFileName()).startsWith("libcudart.so.11"))) {
                    return true;
                }
            } catch (IOException e) {
                // the folder does not exist
            }
        }
        return false;
    }
}
