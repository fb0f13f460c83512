// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What a classifier saw in images, in their order. */
public final class ExtractedFeatures {

    private final INDArray features;
    private final int[] classes;

    /**
     * Keeps the array.
     *
     * @param features {@code [batch, d]}, usually of the layer before the last
     * @param classes the most likely class of each image
     */
    public ExtractedFeatures(INDArray features, int[] classes) {
        this.features = features;
        this.classes = classes.clone();
    }

    /** {@code [batch, d]}. */
    public INDArray features() {
        return features;
    }

    /** The most likely class of each image. */
    public int[] classes() {
        return classes.clone();
    }
}
