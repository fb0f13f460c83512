// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The exponential moving average of weights, which samples better than the weights themselves. */
final class Ema {

    private final EmaDecay decay;
    private final Map<String, INDArray> average = new LinkedHashMap<>();

    private Ema(EmaDecay decay) {
        this.decay = decay;
    }

    /** Starts at the weights. */
    static Ema of(EmaDecay decay, Map<String, INDArray> weights) {
        Ema ema = new Ema(decay);
        weights.forEach((name, array) -> ema.average.put(name, array.dup('c')));
        return ema;
    }

    /**
     * Moves towards the weights.
     *
     * @param update counts from 1
     */
    void update(long update, Map<String, INDArray> weights) {
        double share = 1 - decay.at(update);
        weights.forEach(
                (name, weight) -> {
                    INDArray mean = Objects.requireNonNull(average.get(name));
                    mean.addi(weight.sub(mean).muli(share));
                });
    }

    Map<String, INDArray> weights() {
        return Collections.unmodifiableMap(average);
    }
}
