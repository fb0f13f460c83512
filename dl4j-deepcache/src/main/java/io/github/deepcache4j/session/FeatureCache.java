// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.Step;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The deep feature of one cache key, and where in its run it is. One thread at a time. */
final class FeatureCache {

    private @Nullable INDArray boundary;
    private @Nullable Shape sample;
    private int index;
    private double timestep;

    /**
     * Whether a call begins a run instead of continuing the one before: its index is 0 or does not
     * increase, its timestep rises, or its sample has other sizes (another batch). What was cached
     * then belongs to another image.
     */
    boolean beginsRun(Step step, Shape sample) {
        return this.sample == null
                || step.index() == 0
                || step.index() <= index
                || step.timestep() > timestep
                || !sample.equals(this.sample);
    }

    /** The feature; empty before the first full step of a run. */
    Optional<INDArray> boundary() {
        return Optional.ofNullable(boundary);
    }

    /** Keeps a copy of the boundary, in the buffer of the one before if that fits. */
    void store(INDArray computed) {
        if (boundary != null && Shape.of(boundary.shape()).equals(Shape.of(computed.shape()))) {
            boundary.assign(computed);
        } else {
            boundary = computed.dup();
        }
    }

    /** Notes that a call was made. */
    void advance(Step step, Shape sample) {
        this.sample = sample;
        this.index = step.index();
        this.timestep = step.timestep();
    }

    /** Bytes that the feature takes. */
    long bytes() {
        return boundary == null ? 0 : boundary.length() * boundary.dataType().width();
    }
}
