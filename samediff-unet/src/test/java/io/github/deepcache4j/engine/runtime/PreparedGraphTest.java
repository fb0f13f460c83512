// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.ProbeProcess;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PreparedGraphTest {

    private static final Map<String, Shape> SHAPES =
            Map.of("x", Shape.of(1, 8, 4, 4), "t", Shape.of(1, 8, 1, 1));

    static Stream<Engine> engines() {
        return Engines.all().stream()
                .filter(engine -> !engine.name().equals("samediff"))
                .filter(engine -> engine.unavailable(Precision.F32).isEmpty());
    }

    private static SameDiff graph() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 1, 8, 4, 4);
        SDVariable t = graph.placeHolder("t", DataType.FLOAT, 1, 8, 1, 1);
        SDVariable ones = graph.constant("ones", Nd4j.ones(DataType.FLOAT, 8));
        SDVariable norm = Composites.groupNorm(x.add(t), Shape.of(1, 8, 4, 4), 2, ones, ones, 1e-5);
        Composites.silu(norm).rename("middle");
        graph.getVariable("middle").add(x).rename("y");
        return graph;
    }

    private static Map<String, INDArray> inputs(double t) {
        return Map.of(
                "x", Nd4j.linspace(DataType.FLOAT, -1, 0.1, 128).reshape(1, 8, 4, 4),
                "t", Nd4j.valueArrayOf(new long[] {1, 8, 1, 1}, t, DataType.FLOAT));
    }

    private static CompiledGraph compile(Engine engine) {
        return engine.compile(graph(), List.of("y"), SHAPES, Precision.F32);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void namesAllInputsThatDoNotFit(Engine engine) {
        try (CompiledGraph graph = compile(engine)) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            graph.run(
                                                    Map.of(
                                                            "x",
                                                            Nd4j.ones(DataType.FLOAT, 2, 8, 4, 4))))
                            .getMessage();
            assertTrue(message.contains("x is FLOAT 2x8x4x4, compiled for FLOAT 1x8x4x4"), message);
            assertTrue(message.contains("t (FLOAT 1x8x1x1) is missing"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aClosedGraphSaysSo(Engine engine) {
        CompiledGraph graph = compile(engine);
        graph.close();
        graph.close();
        assertThrows(IllegalStateException.class, () -> graph.run(inputs(0)));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void resultsStandInTheSameArray(Engine engine) {
        try (CompiledGraph graph = compile(engine)) {
            INDArray first = graph.run(inputs(1)).get("y");
            INDArray copy = first.dup();
            assertSame(first, graph.run(inputs(2)).get("y"));
            assertEquals(copy, graph.run(inputs(1)).get("y"));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anEmptyFeatureIsRefused(Engine engine) {
        try (StagedGraph graph =
                engine.compileStaged(graph(), "y", "middle", SHAPES, Precision.F32)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> graph.runCached(inputs(0), new Feature()));
        }
    }

    /** All depends on an input that often stays the same, but not on whose feature is in place. */
    @ParameterizedTest
    @MethodSource("engines")
    void aFeatureOfSteadyInputsIsComputedAgain(Engine engine) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2, 3);
        graph.reshape(x.mul(2), 3, 2).rename("middle");
        graph.reshape(graph.getVariable("middle"), 2, 3).add(x).rename("y");
        Map<String, INDArray> ones = Map.of("x", Nd4j.ones(DataType.FLOAT, 2, 3));
        Map<String, INDArray> tens = Map.of("x", Nd4j.ones(DataType.FLOAT, 2, 3).mul(10));
        Feature first = new Feature();
        Feature second = new Feature();
        try (StagedGraph staged =
                engine.compileStaged(
                        graph, "y", "middle", Map.of("x", Shape.of(2, 3)), Precision.F32)) {
            assertEquals(3, staged.runFull(ones, first).getDouble(1, 2));
            assertEquals(30, staged.runFull(tens, second).getDouble(1, 2));
            assertEquals(12, staged.runCached(tens, first).getDouble(1, 2));
            assertEquals(30, staged.runFull(tens, second).getDouble(1, 2));
            assertEquals(21, staged.runCached(ones, second).getDouble(1, 2));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void controlFlowIsRefused(Engine engine) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2);
        SDVariable on = graph.constant("on", Nd4j.scalar(true));
        SDVariable[] sides = graph.switchOp(x, on);
        String y = graph.merge(sides[0], sides[1]).name();
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        engine.compile(
                                                graph,
                                                List.of(y),
                                                Map.of("x", Shape.of(2)),
                                                Precision.F32))
                        .getMessage();
        assertTrue(message.contains("control flow"), message);
    }

    /** Weights once took a second place, among the buffers. */
    @Test
    void weightsTakeNoBuffer() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 1, 1000);
        x.mmul(graph.constant("w", Nd4j.ones(DataType.FLOAT, 1000, 1000))).rename("y");
        try (CompiledGraph compiled =
                new Nd4jEngine()
                        .compile(
                                graph,
                                List.of("y"),
                                Map.of("x", Shape.of(1, 1000)),
                                Precision.F32)) {
            assertTrue(compiled.bytes() < 100_000, compiled.bytes() + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void explainsEveryStep(Engine engine) {
        try (CompiledGraph graph = compile(engine)) {
            graph.run(inputs(1));
            assertTrue(graph.explain().contains("GroupNorm"), graph.explain());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void instancesRunSideBySide(Engine engine) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (CompiledGraph one = compile(engine);
                CompiledGraph two = compile(engine)) {
            INDArray expectedOne = one.run(inputs(1)).get("y").dup();
            INDArray expectedTwo = two.run(inputs(2)).get("y").dup();
            Future<Boolean> first = threads.submit(() -> stays(one, 1, expectedOne));
            Future<Boolean> second = threads.submit(() -> stays(two, 2, expectedTwo));
            assertTrue(first.get() && second.get());
        } finally {
            threads.shutdown();
        }
    }

    private static boolean stays(CompiledGraph graph, double t, INDArray expected) {
        for (int run = 0; run < 200; run++) {
            if (!expected.equals(graph.run(inputs(t)).get("y"))) {
                return false;
            }
        }
        return true;
    }

    /**
     * In a process whose heap is fixed and touched from the start: elsewhere the process grows as
     * the heap is first used, which looks like a leak.
     */
    @ParameterizedTest
    @MethodSource("engines")
    void memoryDoesNotGrow(Engine engine) throws Exception {
        List<String> lines =
                ProbeProcess.run(
                        MemoryProbe.class,
                        ProbeProcess.classPath(),
                        List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"),
                        Map.of(),
                        engine.name());
        long grown = Long.parseLong(lines.get(0));
        assertTrue(grown < 16L << 20, engine.name() + " grew by " + grown + " bytes");
    }

    /** Reports by how many bytes the process grew over many runs. */
    static final class MemoryProbe {

        private MemoryProbe() {}

        public static void main(String[] arguments) {
            Map<String, INDArray> inputs = inputs(1);
            Engine engine = Engines.named(arguments[0], Precision.F32);
            try (CompiledGraph graph = compile(engine)) {
                long before = 0;
                for (int run = 0; run < 22_000; run++) {
                    if (run == 2_000) {
                        System.gc();
                        before = Pointer.physicalBytes();
                    }
                    graph.run(inputs);
                }
                System.gc();
                ProbeProcess.report(Pointer.physicalBytes() - before);
            }
        }
    }
}
