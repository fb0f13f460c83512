// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Tells SameDiff's listeners what {@code SameDiff.fit} would tell them. */
final class TrainingEvents {

    private final SameDiff sameDiff;
    private final List<Listener> listeners = new ArrayList<>();
    private At now = At.defaultAt(Operation.TRAINING);

    TrainingEvents(SameDiff sameDiff) {
        this.sameDiff = sameDiff;
    }

    void add(Listener... more) {
        for (Listener listener : more) {
            if (listener.isActive(Operation.TRAINING)) {
                listeners.add(listener);
            }
        }
    }

    void started() {
        listeners.forEach(listener -> listener.operationStart(sameDiff, Operation.TRAINING));
        listeners.forEach(listener -> listener.epochStart(sameDiff, now));
    }

    void iterationStarts(long step, NoisyBatch batch) {
        now =
                At.builder()
                        .iteration(Math.toIntExact(step))
                        .javaThreadNum(Thread.currentThread().getId())
                        .operation(Operation.TRAINING)
                        .build();
        sameDiff.getTrainingConfig().setIterationCount(Math.toIntExact(step));
        listeners.forEach(listener -> listener.iterationStart(sameDiff, now, dataSet(batch), 0));
    }

    void update(String weight, INDArray update) {
        if (!listeners.isEmpty()) {
            Variable variable = sameDiff.getVariables().get(weight);
            listeners.forEach(listener -> listener.preUpdate(sameDiff, now, variable, update));
        }
    }

    void iterationDone(long step, NoisyBatch batch, double loss) {
        Loss losses = new Loss(List.of(TrainingGraph.LOSS), new double[] {loss});
        listeners.forEach(
                listener -> listener.iterationDone(sameDiff, now, dataSet(batch), losses));
    }

    void ended() {
        listeners.forEach(listener -> listener.operationEnd(sameDiff, Operation.TRAINING));
    }

    private static MultiDataSet dataSet(NoisyBatch batch) {
        return new MultiDataSet(
                new INDArray[] {batch.sample(), batch.timesteps()},
                new INDArray[] {batch.target()});
    }
}
