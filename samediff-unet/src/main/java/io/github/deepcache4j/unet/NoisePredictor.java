// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network as a sampler sees it: a noisy sample and a step in, the network's prediction out.
 *
 * <p>What the prediction means (noise, v, or the clean sample) is the sampler's business: {@link
 * PredictionType}.
 */
@FunctionalInterface
public interface NoisePredictor {

    /**
     * Runs the network once.
     *
     * @param sample {@code [batch, channels, height, width]}; not changed
     * @param step which step this is and what it is conditioned on
     * @return prediction, {@code [batch, channels, height, width]}; the caller's to keep
     */
    INDArray predict(INDArray sample, Step step);
}
