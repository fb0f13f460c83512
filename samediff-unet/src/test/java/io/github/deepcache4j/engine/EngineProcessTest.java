// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.engine.onednn.OneDnnEngine;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Engines in processes that see another machine: fewer instruction sets, another number of threads,
 * no oneDNN. The environment is read once, when the libraries are loaded.
 */
class EngineProcessTest {

    private static final double TOLERANCE = 2e-5;

    /** Sets that oneDNN knows, as it names them; a set that is not here is as if it were lower. */
    @ParameterizedTest
    @CsvSource({"AVX2, 1", "AVX512_CORE, 2", "AVX512_CORE_BF16, 2"})
    void rightOnEveryInstructionSet(String set, String threads) throws Exception {
        assumeTrue(new OneDnnEngine().unavailable(Precision.F32).isEmpty());
        List<String> lines =
                run(
                        ProbeProcess.classPath(),
                        Map.of("ONEDNN_MAX_CPU_ISA", set, "OMP_NUM_THREADS", threads));
        assertEquals("onednn", lines.get(0));
        assertTrue(Double.parseDouble(lines.get(1)) <= TOLERANCE, lines.get(1));
        // a processor without AVX-512 has none either with the last set
        assertTrue(
                set.endsWith("BF16") || lines.get(2).contains("no bf16 instructions"),
                lines.get(2));
    }

    @Test
    void nd4jTakesOverWithoutOneDnn() throws Exception {
        List<String> lines = run(classPathWithout("dnnl"), Map.of());
        assertEquals("nd4j", lines.get(0));
        assertTrue(Double.parseDouble(lines.get(1)) <= TOLERANCE, lines.get(1));
        assertTrue(lines.get(2).contains("org.bytedeco:dnnl"), lines.get(2));
    }

    /** The class path without the artifacts of this name. */
    private static String classPathWithout(String name) {
        return Arrays.stream(ProbeProcess.classPath().split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().startsWith(name + "-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> run(String classPath, Map<String, String> environment)
            throws Exception {
        return ProbeProcess.run(
                Probe.class,
                classPath,
                List.of("-Dorg.bytedeco.javacpp.logger=slf4j"),
                environment);
    }

    /**
     * Reports which engine is taken, its largest error over a few random graphs, and what engine
     * onednn says to bf16.
     */
    static final class Probe {

        private Probe() {}

        public static void main(String[] arguments) {
            Engine engine = Engines.named(Engines.AUTO, Precision.F32);
            double worst = 0;
            for (long seed = 0; seed < 5; seed++) {
                RandomGraph graph = new RandomGraph(seed);
                try (CompiledGraph reference = compile(new SameDiffEngine(), graph);
                        CompiledGraph compiled = compile(engine, graph)) {
                    Map<String, INDArray> inputs = graph.inputs(seed);
                    INDArray expected =
                            Objects.requireNonNull(reference.run(inputs).get(graph.output));
                    INDArray error = expected.sub(compiled.run(inputs).get(graph.output));
                    worst =
                            Math.max(
                                    worst,
                                    error.amaxNumber().doubleValue()
                                            / expected.amaxNumber().doubleValue());
                }
            }
            ProbeProcess.report(engine.name());
            ProbeProcess.report(worst);
            ProbeProcess.report(new OneDnnEngine().unavailable(Precision.BF16).orElse("available"));
        }

        private static CompiledGraph compile(Engine engine, RandomGraph graph) {
            return engine.compile(
                    graph.sameDiff, List.of(graph.output), graph.shapes, Precision.F32);
        }
    }
}
