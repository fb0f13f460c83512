// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import io.github.deepcache4j.graph.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An engine whose graphs are compared with the reference engine's when they are compiled. */
final class VerifyingEngine implements Engine {

    private static final long SEED = 2024;

    private final Engine engine;
    private final Engine reference;
    private final double tolerance;

    VerifyingEngine(Engine engine, Engine reference, double tolerance) {
        this.engine = engine;
        this.reference = reference;
        this.tolerance = tolerance;
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return engine.unavailable(precision);
    }

    /**
     * As {@link Engine#compile}.
     *
     * @throws IllegalStateException if a result differs from the reference's; says which and by how
     *     much
     */
    @Override
    public CompiledGraph compile(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision) {
        Map<String, INDArray> inputs = inputs(graph, inputShapes);
        CompiledGraph compiled = engine.compile(graph, outputs, inputShapes, precision);
        try {
            expected(graph, outputs, inputShapes, inputs)
                    .forEach(
                            (name, array) ->
                                    check(name, array, compiled.run(inputs).get(name), precision));
            return compiled;
        } catch (RuntimeException | Error e) {
            compiled.close();
            throw e;
        }
    }

    /**
     * As {@link Engine#compileStaged}; a cached step at any cut, on the feature of the same inputs,
     * must give what the full step gives.
     *
     * @throws IllegalStateException if a result differs from the reference's; says which and by how
     *     much
     */
    @Override
    public StagedGraph compileStaged(
            SameDiff graph,
            String output,
            List<Cut> cuts,
            Map<String, Shape> inputShapes,
            Precision precision) {
        Map<String, INDArray> inputs = inputs(graph, inputShapes);
        StagedGraph staged = engine.compileStaged(graph, output, cuts, inputShapes, precision);
        try {
            INDArray expected =
                    Objects.requireNonNull(
                            expected(graph, List.of(output), inputShapes, inputs).get(output));
            List<Feature> features = cuts.stream().map(cut -> new Feature()).toList();
            check(output, expected, staged.runFull(inputs, features), precision);
            for (int cut = 0; cut < cuts.size(); cut++) {
                INDArray cached = staged.runCached(inputs, cut, Blend.of(features.get(cut)));
                check(output + " (cached at cut " + cut + ")", expected, cached, precision);
            }
            return staged;
        } catch (RuntimeException | Error e) {
            staged.close();
            throw e;
        }
    }

    /** Copies, since the reference's arrays go with it. */
    private Map<String, INDArray> expected(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Map<String, INDArray> inputs) {
        try (CompiledGraph compiled =
                reference.compile(graph, outputs, inputShapes, Precision.F32)) {
            Map<String, INDArray> results = new LinkedHashMap<>();
            compiled.run(inputs).forEach((name, array) -> results.put(name, array.dup()));
            return results;
        }
    }

    /** Normal numbers; integers are 1, which every table of classes or timesteps has. */
    private static Map<String, INDArray> inputs(SameDiff graph, Map<String, Shape> shapes) {
        Random random = new Random(SEED);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        shapes.forEach(
                (name, shape) -> {
                    DataType type = graph.getVariable(name).dataType();
                    float[] numbers = new float[Math.toIntExact(shape.elements())];
                    for (int i = 0; i < numbers.length; i++) {
                        numbers[i] = type.isFPType() ? (float) random.nextGaussian() : 1;
                    }
                    inputs.put(
                            name,
                            Nd4j.createFromArray(numbers).reshape(shape.toArray()).castTo(type));
                });
        return inputs;
    }

    private void check(
            String name, INDArray expected, @Nullable INDArray actual, Precision precision) {
        double largest = expected.amaxNumber().doubleValue();
        double error = expected.sub(Objects.requireNonNull(actual)).amaxNumber().doubleValue();
        if (!(error <= tolerance * largest)) {
            throw new IllegalStateException(
                    "engine "
                            + name()
                            + " in "
                            + precision
                            + ": "
                            + name
                            + " differs from engine "
                            + reference.name()
                            + "'s by "
                            + error / largest
                            + " of its maximum, tolerance is "
                            + tolerance
                            + "; take another engine, and report the model");
        }
    }
}
