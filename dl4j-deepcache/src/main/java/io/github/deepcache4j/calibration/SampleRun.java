// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.unet.NoisePredictor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Samples the calibration images with a network: always the same seeds, conditions, sampler and
 * guidance, so that two networks that predict the same give the same samples, in the same calls.
 */
@FunctionalInterface
public interface SampleRun {

    /**
     * The final samples.
     *
     * @return {@code [images, channels, height, width]}
     */
    INDArray samples(NoisePredictor network);
}
