// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.GraphCopy.Cut;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Loss and gradients of a U-Net as one compiled graph.
 *
 * <pre>
 *   sample, timestep, ... ─ U-Net ─ prediction ─┐
 *                                     target ─ difference² ─ mean of each image ─ weighted mean ─ loss
 *   weights (placeholders) ─┘                                          weight ─┘
 * </pre>
 *
 * <p>Weights are placeholders of the compiled graph, since an engine computes once what depends on
 * constants alone.
 */
final class TrainingGraph implements AutoCloseable {

    static final String TARGET = "training/target";
    static final String IMAGE_WEIGHTS = "training/image_weights";
    static final String LOSS = "training/loss";

    private final CompiledGraph compiled;
    private final Map<String, String> gradients;

    private TrainingGraph(CompiledGraph compiled, Map<String, String> gradients) {
        this.compiled = compiled;
        this.gradients = gradients;
    }

    /**
     * Differentiates and compiles.
     *
     * @throws IllegalArgumentException if it cannot be differentiated, or the engine cannot run it
     */
    static TrainingGraph of(TrainableUNet unet, Engine engine) {
        UNetPorts ports = unet.ports();
        Map<String, INDArray> weights = unet.parameters();
        // its own graph, since gradients are added to it
        SameDiff graph = UNetBuilder.trainable(unet.config(), unet.sizes(), weights).sameDiff();
        Map<String, Shape> shapes = new LinkedHashMap<>(ports.inputShapes());
        addLoss(graph, ports, shapes);
        Map<String, String> gradients = Backpropagation.add(graph, LOSS, weights.keySet(), shapes);
        List<String> outputs = new ArrayList<>(List.of(LOSS));
        outputs.addAll(gradients.values());
        List<Cut> cuts = new ArrayList<>();
        weights.forEach(
                (name, array) -> {
                    Shape shape = Shape.of(array.shape());
                    shapes.put(name, shape);
                    cuts.add(Cut.at(name, array.dataType(), shape));
                });
        SameDiff copy = GraphCopy.of(graph, outputs, cuts);
        return new TrainingGraph(engine.compile(copy, outputs, shapes, Precision.F32), gradients);
    }

    private static void addLoss(SameDiff graph, UNetPorts ports, Map<String, Shape> shapes) {
        Shape output = ports.output().shape();
        Shape batch = Shape.of(ports.batch());
        shapes.put(TARGET, output);
        shapes.put(IMAGE_WEIGHTS, batch);
        SDVariable target = graph.placeHolder(TARGET, DataType.FLOAT, output.toArray());
        SDVariable weights = graph.placeHolder(IMAGE_WEIGHTS, DataType.FLOAT, batch.toArray());
        SDVariable error = graph.getVariable(ports.output().name()).sub(target);
        SDVariable rows =
                graph.reshape(error.mul(error), ports.batch(), output.elements() / ports.batch());
        graph.mean(LOSS, graph.mean(rows, 1).mul(weights));
    }

    /**
     * Loss and gradients of a batch.
     *
     * @param weights by name
     * @return the gradients by weight, valid until the next call
     */
    Result run(NoisyBatch batch, UNetPorts ports, Map<String, INDArray> weights) {
        Map<String, INDArray> inputs = new LinkedHashMap<>(batch.inputs(ports));
        inputs.put(TARGET, batch.target());
        inputs.put(IMAGE_WEIGHTS, batch.weights());
        inputs.putAll(weights);
        Map<String, INDArray> results = compiled.run(inputs);
        Map<String, INDArray> byWeight = new LinkedHashMap<>();
        gradients.forEach(
                (weight, name) -> byWeight.put(weight, Objects.requireNonNull(results.get(name))));
        return new Result(Objects.requireNonNull(results.get(LOSS)).getDouble(0), byWeight);
    }

    /** The loss, and gradients by weight that may be overwritten. */
    static final class Result {
        private final double loss;
        private final Map<String, INDArray> gradients;

        private Result(double loss, Map<String, INDArray> gradients) {
            this.loss = loss;
            this.gradients = gradients;
        }

        double loss() {
            return loss;
        }

        Map<String, INDArray> gradients() {
            return gradients;
        }
    }

    @Override
    public void close() {
        compiled.close();
    }
}
