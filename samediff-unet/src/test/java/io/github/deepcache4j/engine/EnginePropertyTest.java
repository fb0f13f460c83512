// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every engine computes what stock SameDiff does, on random graphs; the seed is in the message. */
class EnginePropertyTest {

    @ParameterizedTest
    @CsvSource({"nd4j,F32,2e-5", "onednn,F32,2e-5", "onednn,BF16,0.06"})
    void equalsSameDiff(String name, Precision precision, double tolerance) {
        Engine engine = engine(name, precision);
        for (long seed = 0; seed < 15; seed++) {
            RandomGraph graph = new RandomGraph(seed);
            try (CompiledGraph reference =
                            new SameDiffEngine()
                                    .compile(
                                            graph.sameDiff,
                                            List.of(graph.output, graph.middle),
                                            graph.shapes,
                                            Precision.F32);
                    CompiledGraph compiled =
                            engine.compile(
                                    graph.sameDiff,
                                    List.of(graph.output, graph.middle),
                                    graph.shapes,
                                    precision)) {
                for (int run = 0; run < 2; run++) {
                    Map<String, INDArray> inputs = graph.inputs(run);
                    Map<String, INDArray> expected = reference.run(inputs);
                    Map<String, INDArray> actual = compiled.run(inputs);
                    for (String output : expected.keySet()) {
                        assertClose(
                                expected.get(output),
                                actual.get(output),
                                tolerance,
                                name + " seed " + seed + " " + output);
                    }
                }
            }
        }
    }

    /** Full and cached steps of a staged graph, with two features in turn. */
    @ParameterizedTest
    @CsvSource({"nd4j", "onednn", "samediff"})
    void stagesEqualTheWhole(String name) {
        Engine engine = engine(name, Precision.F32);
        int cut = 0;
        for (long seed = 0; seed < 15; seed++) {
            RandomGraph graph = new RandomGraph(seed);
            if (graph.middle.equals("sample")) {
                continue;
            }
            cut++;
            try (CompiledGraph whole =
                            new SameDiffEngine()
                                    .compile(
                                            graph.sameDiff,
                                            List.of(graph.output),
                                            graph.shapes,
                                            Precision.F32);
                    StagedGraph staged =
                            engine.compileStaged(
                                    graph.sameDiff,
                                    graph.output,
                                    graph.middle,
                                    graph.shapes,
                                    Precision.F32)) {
                Feature[] features = {new Feature(), new Feature()};
                INDArray[] expected = new INDArray[2];
                for (int key = 0; key < 2; key++) {
                    expected[key] = take(whole, graph, key).dup();
                    assertClose(
                            expected[key],
                            staged.runFull(graph.inputs(key), features[key]),
                            2e-5,
                            name + " full, seed " + seed);
                }
                for (int key = 0; key < 2; key++) {
                    // the same inputs on the feature of the same step give the full step's result
                    assertClose(
                            expected[key],
                            staged.runCached(graph.inputs(key), features[key]),
                            2e-5,
                            name + " cached, seed " + seed + ", key " + key);
                }
            }
        }
        assertTrue(cut > 5);
    }

    private static INDArray take(CompiledGraph whole, RandomGraph graph, long seed) {
        return Objects.requireNonNull(whole.run(graph.inputs(seed)).get(graph.output));
    }

    private static Engine engine(String name, Precision precision) {
        Engine engine =
                Engines.all().stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        assumeTrue(
                engine.unavailable(precision).isEmpty(), engine.unavailable(precision).toString());
        return engine;
    }

    private static void assertClose(
            INDArray expected, INDArray actual, double tolerance, String message) {
        double scale = expected.amaxNumber().doubleValue();
        double error = expected.sub(actual).amaxNumber().doubleValue();
        assertTrue(error <= tolerance * scale, message + ": " + error + " of " + scale);
    }
}
