// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** diffusers' {@code Timesteps} (sines and cosines) and {@code TimestepEmbedding} (two layers). */
final class TimeEmbedding {

    private final Layers layers;
    private final boolean cosinesFirst;
    private final int frequencyShift;

    TimeEmbedding(Layers layers, boolean cosinesFirst, int frequencyShift) {
        this.layers = layers;
        this.cosinesFirst = cosinesFirst;
        this.frequencyShift = frequencyShift;
    }

    /**
     * Sines and cosines of {@code t 10000^(-i / (width/2 - shift))}, i from 0 to width/2 - 1 (Ho et
     * al. 2020, after Vaswani et al. 2017, section 3.5).
     *
     * @param t {@code [count]}
     * @return {@code [count, width]}
     */
    Tensor sinusoids(Tensor t, long width) {
        int half = Math.toIntExact(width / 2);
        // in single precision as PyTorch does: at t = 1000 an ulp of a frequency shows
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            float exponent = (float) -Math.log(10000) * i / (half - frequencyShift);
            frequencies[i] = (float) Math.exp(exponent);
        }
        INDArray row = Nd4j.createFromArray(frequencies).reshape(1, half).castTo(layers.type());
        SDVariable angles =
                layers.reshape(t, t.size(0), 1).variable().mul(layers.sameDiff().constant(row));
        Tensor sines = new Tensor(layers.sameDiff().math().sin(angles), t.size(0), half);
        Tensor cosines = new Tensor(layers.sameDiff().math().cos(angles), t.size(0), half);
        return cosinesFirst ? layers.concat(1, cosines, sines) : layers.concat(1, sines, cosines);
    }

    /** linear_1, SiLU, linear_2. */
    Tensor project(Tensor x, String name, long width) {
        Tensor hidden = layers.silu(layers.linear(x, name + ".linear_1", width, true));
        return layers.linear(hidden, name + ".linear_2", width, true);
    }
}
