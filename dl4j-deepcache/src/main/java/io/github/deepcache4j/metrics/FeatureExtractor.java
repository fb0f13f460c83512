// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a classifier sees in images. This module has no classifier: examples fill it with one that
 * was read from a file.
 */
@FunctionalInterface
public interface FeatureExtractor {

    /**
     * Looks at images.
     *
     * @param images {@code [batch, channels, height, width]} in [-1, 1]; values outside are clipped
     *     by the caller
     */
    ExtractedFeatures extract(INDArray images);
}
