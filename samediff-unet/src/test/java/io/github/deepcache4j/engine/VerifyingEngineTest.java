// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

class VerifyingEngineTest {

    private static final Map<String, Shape> SHAPES = Map.of("x", Shape.of(2, 3));

    private static SameDiff graph(double factor) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2, 3);
        x.mul(factor).rename("middle");
        graph.getVariable("middle").add(x).rename("y");
        return graph;
    }

    /** Runs another graph than it is given. */
    private record Wrong(Engine engine, double factor) implements Engine {

        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public Optional<String> unavailable(Precision precision) {
            return Optional.empty();
        }

        @Override
        public CompiledGraph compile(
                SameDiff graph,
                List<String> outputs,
                Map<String, Shape> inputShapes,
                Precision precision) {
            return engine.compile(graph(factor), outputs, inputShapes, precision);
        }

        @Override
        public StagedGraph compileStaged(
                SameDiff graph,
                String output,
                List<Cut> cuts,
                Map<String, Shape> inputShapes,
                Precision precision) {
            return engine.compileStaged(graph(factor), output, cuts, inputShapes, precision);
        }
    }

    @Test
    void aRightEngineStaysItself() {
        Engine engine = Engines.verifying(new Nd4jEngine(), 1e-5);
        assertEquals("nd4j", engine.name());
        engine.compile(graph(2), List.of("y", "middle"), SHAPES, Precision.F32).close();
        engine.compileStaged(graph(2), "y", "middle", SHAPES, Precision.F32).close();
    }

    @Test
    void aWrongGraphIsRefused() {
        Engine engine = Engines.verifying(new Wrong(new Nd4jEngine(), 2.001), 1e-5);
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> engine.compile(graph(2), List.of("y"), SHAPES, Precision.F32))
                        .getMessage();
        assertTrue(message.contains("engine wrong in f32: y differs"), message);
        assertThrows(
                IllegalStateException.class,
                () -> engine.compileStaged(graph(2), "y", "middle", SHAPES, Precision.F32));
    }
}
