// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that keeps what it was given in each step of its first run. */
final class Trajectory implements NoisePredictor {

    private final NoisePredictor network;
    private final int images;
    private final List<INDArray> samples = new ArrayList<>();

    /**
     * @param images of a batch: where guidance puts both halves into one call, the first half
     */
    Trajectory(NoisePredictor network, int images) {
        this.network = network;
        this.images = images;
    }

    /** Of calls with one index (the two of guidance) the first is kept. */
    @Override
    public INDArray predict(INDArray sample, Step step) {
        if (step.index() == samples.size()) {
            samples.add(Rows.of(sample, 0, images));
        }
        return network.predict(sample, step);
    }

    /** The noisy images as each call got them, in order. */
    List<INDArray> samples() {
        return samples;
    }
}
