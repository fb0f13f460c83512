// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SameDiffEngineTest {

    private static final Map<String, Shape> SHAPES =
            Map.of("x", Shape.of(2, 3), "t", Shape.of(), "other", Shape.of(1));

    private final SameDiffEngine engine = new SameDiffEngine();
    private final SameDiff graph = graph();
    private final INDArray x = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
    private final INDArray t = Nd4j.scalar(DataType.LONG, 7L);

    private static SameDiff graph() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3);
        SDVariable t = sd.placeHolder("t", DataType.LONG);
        sd.placeHolder("other", DataType.FLOAT, 1).mul("unneeded", 2);
        SDVariable w = sd.constant("w", Nd4j.createFromArray(2f, 3f, 4f));
        SDVariable mean = x.mul("scaled", w).mean("mean", true, 1);
        x.add("y", mean).add("z", t.castTo(DataType.FLOAT));
        sd.identity("same", x);
        return sd;
    }

    @Test
    void runsAsStockSameDiffDoesForMoreRunsThanASessionLasts() {
        INDArray expected = graph.output(Map.of("x", x, "t", t), "z").get("z");
        try (CompiledGraph compiled =
                engine.compile(graph, List.of("z", "y"), SHAPES, Precision.F32)) {
            for (int run = 0; run < 205; run++) {
                Map<String, INDArray> outputs = compiled.run(Map.of("x", x, "t", t));
                assertEquals(expected, outputs.get("z"));
                assertEquals(List.of("z", "y"), List.copyOf(outputs.keySet()));
            }
        }
    }

    @Test
    void inputsThatTheOutputsDoNotNeedMayBeGivenOrNot() {
        try (CompiledGraph compiled = engine.compile(graph, List.of("y"), SHAPES, Precision.F32)) {
            INDArray y = compiled.run(Map.of("x", x)).get("y");
            assertEquals(y, compiled.run(Map.of("x", x, "t", t, "other", Nd4j.ones(1))).get("y"));
        }
    }

    @Test
    void anOutputNeverAliasesAnInputOrAWeight() {
        try (CompiledGraph compiled =
                engine.compile(graph, List.of("same", "x", "w"), SHAPES, Precision.F32)) {
            Map<String, INDArray> outputs = compiled.run(Map.of("x", x));
            outputs.values().forEach(array -> array.assign(-1));
            assertNotSame(x, outputs.get("same"));
            assertEquals(1f, x.getFloat(0));
            assertEquals(2f, graph.getVariable("w").getArr().getFloat(0));
        }
    }

    @Test
    void allFaultyInputsAreNamedAtOnce() {
        try (CompiledGraph compiled = engine.compile(graph, List.of("z"), SHAPES, Precision.F32)) {
            assertEquals(
                    "inputs: t (LONG scalar) is missing; x is FLOAT 1x3, compiled for FLOAT 2x3",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            compiled.run(
                                                    Map.of("x", Nd4j.ones(DataType.FLOAT, 1, 3))))
                            .getMessage());
            INDArray wrong = Nd4j.ones(DataType.DOUBLE, 2, 3);
            assertEquals(
                    "inputs: x is DOUBLE 2x3, compiled for FLOAT 2x3",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> compiled.run(Map.of("x", wrong, "t", t)))
                            .getMessage());
        }
    }

    @Test
    void compileNamesWhatItCannotDo() {
        assertMessage(
                "engine samediff runs in f32 only, not in bf16; take onednn",
                () -> engine.compile(graph, List.of("z"), SHAPES, Precision.BF16));
        assertMessage(
                "the graph has no tensor named [q]",
                () -> engine.compile(graph, List.of("q"), SHAPES, Precision.F32));
        assertMessage(
                "cannot compile: the graph has no input nope; the shape of input t is not given;"
                        + " input x was declared as [2, 3], not 1x3",
                () ->
                        engine.compile(
                                graph,
                                List.of("z"),
                                Map.of("x", Shape.of(1, 3), "nope", Shape.of()),
                                Precision.F32));
    }

    @Test
    void aClosedGraphSaysSo() {
        CompiledGraph compiled = engine.compile(graph, List.of("z"), SHAPES, Precision.F32);
        compiled.close();
        compiled.close();
        assertTrue(
                assertThrows(IllegalStateException.class, () -> compiled.run(Map.of()))
                        .getMessage()
                        .contains("was closed"));
    }

    @Test
    void graphsOfTwoThreadsDoNotDisturbEachOther() throws Exception {
        INDArray expected = graph.output(Map.of("x", x, "t", t), "z").get("z");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<Boolean> work =
                    () -> {
                        try (CompiledGraph compiled =
                                engine.compile(graph, List.of("z"), SHAPES, Precision.F32)) {
                            return IntStream.range(0, 300)
                                    .allMatch(
                                            run ->
                                                    compiled.run(Map.of("x", x, "t", t))
                                                            .get("z")
                                                            .equals(expected));
                        }
                    };
            for (Future<Boolean> result : threads.invokeAll(List.of(work, work))) {
                assertTrue(result.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void assertMessage(String message, Runnable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
