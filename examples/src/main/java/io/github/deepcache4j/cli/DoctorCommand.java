// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code deepcache doctor}: what this machine offers and what ND4J takes of it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show backend, native library, instruction sets, threads, memory, versions.")
final class DoctorCommand implements Callable<Integer> {

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path LIBRARIES = Path.of("/proc/self/maps");

    /** Those that ND4J's and oneDNN's kernels choose between. */
    private static final List<String> INSTRUCTION_SETS =
            List.of(
                    "sse4_2",
                    "avx",
                    "avx2",
                    "fma",
                    "avx_vnni",
                    "avx512f",
                    "avx512_vnni",
                    "avx512_bf16",
                    "avx512_fp16",
                    "amx_bf16",
                    "asimd");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        Map<String, Object> facts = new LinkedHashMap<>();
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        facts.put("backend", backend + (backend.contains("Cpu") ? " (CPU)" : ""));
        facts.put("nativeLibrary", nativeLibrary());
        facts.put("processor", cpu("model name"));
        facts.put("instructionSets", instructionSets());
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("threads", Threads.limit());
        facts.put("memoryMiB", physicalMemory() >> 20);
        facts.put("heapMiB", Runtime.getRuntime().maxMemory() >> 20);
        facts.put("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
        facts.put(
                "system",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch"));
        facts.put("cuda", CudaDevices.describe());
        facts.put("engines", engines());
        facts.put("versions", Versions.all());
        PrintWriter out = spec.commandLine().getOut();
        facts.forEach((name, value) -> out.printf("%-16s %s%n", name, text(value)));
        json.write(JsonFile.tree(facts));
        return 0;
    }

    /** What each engine can run in here, or why it cannot. */
    private static Map<String, String> engines() {
        Map<String, String> all = new LinkedHashMap<>();
        for (Engine engine : Engines.all()) {
            List<String> runs =
                    Arrays.stream(Precision.values())
                            .filter(precision -> engine.unavailable(precision).isEmpty())
                            .map(Precision::toString)
                            .toList();
            all.put(
                    engine.name(),
                    runs.isEmpty()
                            ? engine.unavailable(Precision.F32).orElse("")
                            : String.join(" and ", runs));
        }
        return all;
    }

    private static String text(Object value) {
        return value instanceof List<?> || value instanceof Map<?, ?>
                ? value.toString().replaceAll("[\\[\\]{}]", "")
                : value.toString();
    }

    /** The file that the process has mapped; its path holds the artifact's classifier. */
    private static String nativeLibrary() throws IOException {
        if (!Files.isReadable(LIBRARIES)) {
            return "unknown on this system";
        }
        try (Stream<String> lines = Files.lines(LIBRARIES, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.matches(".*libnd4j[a-z]*\\.so"))
                    .map(line -> line.replaceFirst("^[^/]*", ""))
                    .findFirst()
                    .orElse("not loaded from a file");
        }
    }

    private static List<String> instructionSets() throws IOException {
        List<String> flags = Arrays.asList((cpu("flags") + " " + cpu("Features")).split(" "));
        return INSTRUCTION_SETS.stream().filter(flags::contains).toList();
    }

    private static String cpu(String field) throws IOException {
        if (!Files.isReadable(CPU)) {
            return Objects.toString(System.getProperty("os.arch"), "unknown");
        }
        try (Stream<String> lines = Files.lines(CPU)) {
            return lines.filter(line -> line.matches(field + "\\s*:.*"))
                    .map(line -> line.replaceFirst(".*?:\\s*", ""))
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }
}
