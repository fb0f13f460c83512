// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A training run: draws batches, adds noise, and updates the weights of a {@link TrainableUNet} and
 * their moving average.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.of(unet, objective, data, options, new Nd4jEngine());
 * trainer.run(2000);
 * UNet average = trainer.average(16);
 * }</pre>
 *
 * <p>Every number of a step follows from the state before it, the seed and the step's number, so a
 * run repeats bit for bit with as many threads on the same machine, and goes on bit for bit after
 * {@link #save} and {@link #restore}.
 *
 * <p>{@code SameDiff.fit} is not used: docs/decisions says why. ND4J's updaters, schedules and
 * regularisation are, and SameDiff's listeners are told of operations, epochs, iterations and
 * updates; not of single operations, since the step runs as one compiled graph.
 */
public final class Trainer implements AutoCloseable {

    private final TrainableUNet unet;
    private final DenoisingObjective objective;
    private final TrainingData data;
    private final TrainingOptions options;
    private final TrainingGraph graph;
    private final WeightUpdates updates;
    private final Ema ema;
    private final TrainingEvents events;
    private final List<Double> losses = new ArrayList<>();
    private double gradientNorm;

    private Trainer(
            TrainableUNet unet,
            DenoisingObjective objective,
            TrainingData data,
            TrainingOptions options,
            TrainingGraph graph) {
        this.unet = unet;
        this.objective = objective;
        this.data = data;
        this.options = options;
        this.graph = graph;
        Map<String, INDArray> weights = unet.parameters();
        this.updates = WeightUpdates.of(options, weights);
        this.ema = Ema.of(options.ema(), weights);
        this.events = new TrainingEvents(unet.sameDiff());
    }

    /**
     * A run at its start.
     *
     * @param unet its weights are changed in place
     * @param engine runs loss and gradients
     * @throws IllegalArgumentException if the network cannot be differentiated, or the engine
     *     cannot run it
     */
    public static Trainer of(
            TrainableUNet unet,
            DenoisingObjective objective,
            TrainingData data,
            TrainingOptions options,
            Engine engine) {
        unet.sameDiff().setTrainingConfig(options.toTrainingConfig());
        return new Trainer(unet, objective, data, options, TrainingGraph.of(unet, engine));
    }

    /**
     * A run of the same network, data and compiled step with other options, at its start: from the
     * weights as they are now, without listeners. Use only one of the two from now on, and close
     * only that.
     */
    public Trainer withOptions(TrainingOptions other) {
        unet.sameDiff().setTrainingConfig(other.toTrainingConfig());
        return new Trainer(unet, objective, data, other, graph);
    }

    /** Adds SameDiff listeners; they are told of what follows. */
    public Trainer withListeners(Listener... listeners) {
        events.add(listeners);
        return this;
    }

    /** Trains until so many steps are taken in all. */
    public void run(long steps) {
        run(steps, () -> false);
    }

    /**
     * Trains until so many steps are taken in all.
     *
     * @param stop asked before each step; true ends the run early
     * @throws TrainingException if the loss is not finite
     */
    public void run(long steps, BooleanSupplier stop) {
        events.started();
        try {
            while (steps() < steps && !stop.getAsBoolean()) {
                step();
            }
        } finally {
            events.ended();
        }
    }

    private void step() {
        long step = steps();
        NoisyBatch batch = objective.apply(data.batch(step), options.seed(), step);
        events.iterationStarts(step, batch);
        TrainingGraph.Result result = graph.run(batch, unet.ports(), updates.weights());
        Map<String, INDArray> gradients = result.gradients();
        gradientNorm =
                options.maxGradientNorm().isPresent()
                        ? GradientClipping.clip(
                                gradients.values(), options.maxGradientNorm().getAsDouble())
                        : GradientClipping.norm(gradients.values());
        if (!Double.isFinite(result.loss()) || !Double.isFinite(gradientNorm)) {
            throw new TrainingException(
                    "step "
                            + (step + 1)
                            + ": the loss is "
                            + result.loss()
                            + " and the gradients' norm "
                            + gradientNorm
                            + "; weights are as before it. Take a lower learning rate, or clip"
                            + " gradients");
        }
        updates.apply(gradients, Math.toIntExact(step), events::update);
        ema.update(step + 1, updates.weights());
        losses.add(result.loss());
        events.iterationDone(step, batch, result.loss());
    }

    /** The weights, by diffusers' names: the network's own arrays. */
    public Map<String, INDArray> weights() {
        return updates.weights();
    }

    /** Steps taken in all. */
    public long steps() {
        return losses.size();
    }

    /** The loss of each step taken. */
    public double[] losses() {
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Norm of all gradients of the last step, before clipping. */
    public double gradientNorm() {
        return gradientNorm;
    }

    /** Moving average of the weights, by diffusers' names; a view that changes with every step. */
    public Map<String, INDArray> averageWeights() {
        return ema.weights();
    }

    /**
     * A network to sample with, on a copy of the moving average.
     *
     * @param batch images in a call
     */
    public UNet average(long batch) {
        return unet.inference(batch, ema.weights());
    }

    /** Writes a checkpoint; the file is whole or absent, also if the process is interrupted. */
    public void save(Path file) throws IOException {
        Checkpoint.write(file, arrays(), losses(), options.seed());
    }

    /**
     * Takes the state of a checkpoint.
     *
     * @throws IOException if it is missing or damaged, or that of another network, updater or seed
     */
    public void restore(Path file) throws IOException {
        double[] stored = Checkpoint.read(file, arrays(), options.seed());
        losses.clear();
        for (double loss : stored) {
            losses.add(loss);
        }
    }

    /** All arrays that steps change, by name in a checkpoint. */
    Map<String, INDArray> arrays() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        updates.weights().forEach((name, array) -> arrays.put("weights/" + name, array));
        ema.weights().forEach((name, array) -> arrays.put("ema/" + name, array));
        updates.state().forEach((name, array) -> arrays.put("updater/" + name, array));
        return arrays;
    }

    @Override
    public void close() {
        graph.close();
    }
}
