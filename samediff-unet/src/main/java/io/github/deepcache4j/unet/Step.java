// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One call of the network.
 *
 * @param index denoiser calls before this one in the run, from 0; the two calls that guidance makes
 *     for one step carry the same index. Caching decides on it, never on the timestep, since
 *     samplers repeat timesteps.
 * @param timestep the training timestep (or sigma) that the network is told
 * @param cacheKey tells apart calls of one step that must not share cached features, such as "cond"
 *     and "uncond"
 * @param conditions the network's other inputs by name (class labels, text states, ...); every
 *     leading size is the batch
 */
public record Step(int index, double timestep, String cacheKey, Map<String, INDArray> conditions) {

    /** The cache key of a run that makes one call a step. */
    public static final String ONLY_CALL = "";

    public Step {
        if (index < 0) {
            throw new IllegalArgumentException(
                    "step index " + index + " is negative; it counts calls from 0");
        }
        conditions = Map.copyOf(conditions);
    }

    public static Step of(int index, double timestep) {
        return new Step(index, timestep, ONLY_CALL, Map.of());
    }

    public Step withCacheKey(String key) {
        return new Step(index, timestep, key, conditions);
    }

    /** The same step with these conditions added; a name given twice takes the new array. */
    public Step withConditions(Map<String, INDArray> more) {
        Map<String, INDArray> all = new LinkedHashMap<>(conditions);
        all.putAll(more);
        return new Step(index, timestep, cacheKey, all);
    }
}
