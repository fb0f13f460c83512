// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A sinusoidal embedding of the timestep (Vaswani et al. 2017, section 3.5) in front of a linear
 * layer. In bf16 an angle of 481 would be off by one.
 */
class TimestepAnglesTest {

    private static final int HALF = 16;

    static Stream<Arguments> engines() {
        return Engines.all().stream()
                .flatMap(
                        engine ->
                                Stream.of(Precision.values())
                                        .map(precision -> Arguments.of(engine, precision)));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void sinesAreRightToTheBitsOfTheResult(Engine engine, Precision precision) {
        assumeTrue(
                engine.unavailable(precision).isEmpty(), engine.unavailable(precision).toString());
        // the rounding of what the product reads, and of what it writes
        double tolerance = precision == Precision.BF16 ? 0x1p-8 : 1e-4;
        try (CompiledGraph graph =
                engine.compile(embedding(), List.of("y"), Map.of("t", Shape.of(1)), precision)) {
            for (int timestep : new int[] {0, 1, 481, 999}) {
                INDArray given = Nd4j.createFromArray((float) timestep);
                assertArrayEquals(
                        expected(timestep),
                        graph.run(Map.of("t", given)).get("y").toDoubleVector(),
                        tolerance,
                        engine.name() + ", timestep " + timestep);
            }
        }
    }

    private static SameDiff embedding() {
        SameDiff graph = SameDiff.create();
        SDVariable t = graph.placeHolder("t", DataType.FLOAT, 1);
        SDVariable frequencies =
                graph.constant(
                        "frequencies",
                        Nd4j.createFromArray(frequencies())
                                .castTo(DataType.FLOAT)
                                .reshape(1, HALF));
        SDVariable angles = t.reshape(1, 1).mul(frequencies).mul(1.0);
        SDVariable both = graph.concat(1, graph.math().sin(angles), graph.math().cos(angles));
        SDVariable identity = graph.constant("w", Nd4j.eye(2 * HALF).castTo(DataType.FLOAT));
        both.mmul(identity).rename("y");
        return graph;
    }

    private static double[] frequencies() {
        return IntStream.range(0, HALF)
                .mapToDouble(i -> Math.pow(1e4, -i / (double) HALF))
                .toArray();
    }

    private static double[] expected(int timestep) {
        double[] frequencies = frequencies();
        return IntStream.range(0, 2 * HALF)
                .mapToDouble(
                        i ->
                                i < HALF
                                        ? Math.sin(timestep * frequencies[i])
                                        : Math.cos(timestep * frequencies[i - HALF]))
                .toArray();
    }
}
