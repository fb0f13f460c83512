// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.Step;
import org.jspecify.annotations.Nullable;

/** The deep feature of one cache key, and where in its run it is. One thread at a time. */
final class FeatureCache {

    private final Feature feature = new Feature();
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
    Feature feature() {
        return feature;
    }

    /** Notes that a call was made. */
    void advance(Step step, Shape sample) {
        this.sample = sample;
        this.index = step.index();
        this.timestep = step.timestep();
    }

    /** Bytes that the feature takes. */
    long bytes() {
        return feature.bytes();
    }
}
