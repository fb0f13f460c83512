// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The run so far of one cache key of a gated graph, and its own copy of the deep feature. */
final class CallHistory {

    private @Nullable INDArray feature;
    private long[] sample = {};
    private double timestep;
    private int calls;

    /** Whether a call cannot continue the run. */
    boolean startsAnew(double timestep, long[] sample) {
        return feature == null
                || calls == 0
                || timestep > this.timestep
                || !Arrays.equals(sample, this.sample);
    }

    /** Index of the next call in the run. */
    int calls() {
        return calls;
    }

    void advance(boolean newRun, double timestep, long[] sample) {
        this.calls = newRun ? 1 : calls + 1;
        this.timestep = timestep;
        this.sample = sample.clone();
    }

    /** Keeps a copy: the activation's buffer goes back to SameDiff's pool. */
    void store(INDArray activation) {
        if (feature != null && Arrays.equals(feature.shape(), activation.shape())) {
            feature.assign(activation);
        } else {
            feature = activation.detach().dup();
        }
    }

    boolean fits(INDArray cache) {
        return feature != null && Arrays.equals(feature.shape(), cache.shape());
    }

    /** In place, since SameDiff fixed which arrays it protects when the call began. */
    void recall(INDArray cache) {
        if (feature != null) {
            cache.assign(feature);
        }
    }

    /** Between calls, gives the graph a cache of the feature's sizes if they have changed. */
    void resize(ArrayHolder constants) {
        if (feature != null && !fits(constants.getArray(GateNames.CACHE))) {
            constants.setArray(GateNames.CACHE, feature.dup());
        }
    }
}
