// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/** Weights, and one ND4J updater with its state for each. */
final class WeightUpdates {

    private final TrainingOptions options;
    private final Map<String, INDArray> weights;
    private final Map<String, GradientUpdater<?>> updaters = new LinkedHashMap<>();

    private WeightUpdates(TrainingOptions options, Map<String, INDArray> weights) {
        this.options = options;
        this.weights = weights;
    }

    /**
     * Updaters at their start.
     *
     * @param weights changed in place by {@link #apply}
     */
    static WeightUpdates of(TrainingOptions options, Map<String, INDArray> weights) {
        WeightUpdates updates = new WeightUpdates(options, weights);
        weights.forEach(
                (name, array) -> {
                    long size = options.updater().stateSize(array.length());
                    INDArray state = size == 0 ? null : Nd4j.zeros(array.dataType(), 1, size);
                    GradientUpdater<?> updater = options.updater().instantiate(state, false);
                    if (state != null) {
                        updater.setStateViewArray(state, array.shape(), 'c', true);
                    }
                    updates.updaters.put(name, updater);
                });
        return updates;
    }

    /**
     * One step of all weights, in SameDiff's order: regularisation, updater, weight decay,
     * listeners, subtraction. All gradients are known, and clipped, before the first weight
     * changes; {@code SameDiff.fit} updates each weight as soon as its own gradient is known.
     *
     * @param gradients by weight; overwritten
     * @param watcher sees each update before it is subtracted
     */
    void apply(Map<String, INDArray> gradients, int step, BiConsumer<String, INDArray> watcher) {
        double rate =
                options.updater().hasLearningRate()
                        ? options.updater().getLearningRate(step, 0)
                        : 1;
        gradients.forEach(
                (name, gradient) -> {
                    INDArray weight = Objects.requireNonNull(weights.get(name));
                    regularize(ApplyStep.BEFORE_UPDATER, weight, gradient, rate, step);
                    Objects.requireNonNull(updaters.get(name)).applyUpdater(gradient, step, 0);
                    regularize(ApplyStep.POST_UPDATER, weight, gradient, rate, step);
                    watcher.accept(name, gradient);
                    weight.subi(gradient);
                });
    }

    private void regularize(
            ApplyStep when, INDArray weight, INDArray gradient, double rate, int step) {
        for (Regularization each : options.regularization()) {
            if (each.applyStep() == when) {
                each.apply(weight, gradient, rate, step, 0);
            }
        }
    }

    Map<String, INDArray> weights() {
        return weights;
    }

    /** The updaters' arrays, by weight and name of state. */
    Map<String, INDArray> state() {
        Map<String, INDArray> state = new LinkedHashMap<>();
        updaters.forEach(
                (name, updater) ->
                        updater.getState().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .forEach(
                                        entry ->
                                                state.put(
                                                        name + "/" + entry.getKey(),
                                                        entry.getValue())));
        return state;
    }
}
