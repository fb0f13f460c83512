// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ends a run when some weights of a step are updated and others are not. */
final class StopInTheMiddle extends BaseListener {

    private static final int UPDATES = 20;

    private final int iteration;
    private final Runnable end;
    private int updates;

    StopInTheMiddle(int iteration, Runnable end) {
        this.iteration = iteration;
        this.end = end;
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void preUpdate(SameDiff sd, At at, Variable variable, INDArray update) {
        if (at.iteration() == iteration && ++updates == UPDATES) {
            end.run();
        }
    }
}
