// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Clean images of a step, and what the network is told about them. */
public final class ImageBatch {

    private final INDArray images;
    private final Map<String, INDArray> conditions;

    /**
     * @param images {@code [batch, channels, height, width]} in about [-1, 1], or latents
     * @param conditions the network's other inputs by name, such as {@code class_labels} {@code
     *     [batch]}
     */
    public ImageBatch(INDArray images, Map<String, INDArray> conditions) {
        this.images = images;
        this.conditions = Map.copyOf(conditions);
    }

    public INDArray images() {
        return images;
    }

    public Map<String, INDArray> conditions() {
        return conditions;
    }
}
