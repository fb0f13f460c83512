// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Proof that a split computes what the original does: the full graph gives the original's
 * prediction, and the cached graph gives it too when it is fed the boundary of the same step.
 *
 * @param fullMaxAbs largest absolute difference between the full graph and the original; NaN if
 *     either holds a NaN. On one engine 0 is expected: the same operations run on the same arrays
 * @param cachedMaxAbs the same for the cached graph against the full one
 * @param referenceMax largest absolute element of the original's prediction, to see the differences
 *     in proportion
 */
public record SplitCheck(double fullMaxAbs, double cachedMaxAbs, double referenceMax) {

    /**
     * Runs all three graphs once.
     *
     * @param original the graph that was split
     * @param inputs all inputs of the original, in their declared types
     */
    public static SplitCheck run(
            SameDiff original,
            CacheSplit split,
            Map<String, INDArray> inputs,
            Engine engine,
            Precision precision) {
        String output = split.plan().output();
        try (CompiledGraph graph =
                engine.compile(original, List.of(output), shapes(inputs), precision)) {
            return run(take(graph.run(inputs), output), split, inputs, engine, precision);
        }
    }

    /**
     * Runs the two graphs of the split once.
     *
     * @param prediction what the original makes of the inputs on the same engine; one run of it
     *     serves the checks of many branches
     * @param inputs all inputs of the original, in their declared types
     */
    public static SplitCheck run(
            INDArray prediction,
            CacheSplit split,
            Map<String, INDArray> inputs,
            Engine engine,
            Precision precision) {
        String output = split.plan().output();
        Map<String, Shape> shapes = shapes(inputs);
        INDArray fromFull;
        INDArray boundary;
        try (CompiledGraph graph = split.compileFull(engine, shapes, precision)) {
            Map<String, INDArray> results = graph.run(inputs);
            fromFull = take(results, output);
            boundary = take(results, split.plan().boundary());
        }
        Map<String, INDArray> withBoundary = new LinkedHashMap<>(inputs);
        withBoundary.put(split.plan().boundary(), boundary);
        try (CompiledGraph graph = split.compileCached(engine, shapes, precision)) {
            INDArray fromCached = take(graph.run(withBoundary), output);
            return new SplitCheck(
                    maxAbs(fromFull.sub(prediction)),
                    maxAbs(fromCached.sub(fromFull)),
                    maxAbs(prediction));
        }
    }

    /** Whether both differences are at most this share of the reference's maximum. */
    public boolean within(double tolerance) {
        return fullMaxAbs <= tolerance * referenceMax && cachedMaxAbs <= tolerance * referenceMax;
    }

    private static Map<String, Shape> shapes(Map<String, INDArray> inputs) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        inputs.forEach((name, array) -> shapes.put(name, Shape.of(array.shape())));
        return shapes;
    }

    private static INDArray take(Map<String, INDArray> results, String name) {
        return Objects.requireNonNull(results.get(name), name).dup();
    }

    /** Not by ND4J's reduction, which may pass over a NaN. */
    private static double maxAbs(INDArray array) {
        double max = 0;
        for (double element : array.dup('c').data().asDouble()) {
            max = Math.max(max, Math.abs(element));
        }
        return max;
    }
}
