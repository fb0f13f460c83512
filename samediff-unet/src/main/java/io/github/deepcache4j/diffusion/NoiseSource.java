// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Standard normal noise of a run, as a pure function: the same question always gets the same
 * answer, in any order, so two runs of one source see equal noise whatever their networks do.
 */
public interface NoiseSource {

    /**
     * The noise that sampling starts from.
     *
     * @param shape {@code [batch, channels, height, width]}
     * @return new float array of that shape
     */
    INDArray initial(long... shape);

    /**
     * The noise that a stochastic sampler adds in a step.
     *
     * @param step sampler step, from 0
     * @param shape {@code [batch, channels, height, width]}
     * @return new float array of that shape
     */
    INDArray step(int step, long... shape);

    /**
     * Pseudo-random noise, equal on every machine and Java version.
     *
     * <p>Image k of a batch has the seed {@code seed + k} and sees nothing of the other images: it
     * is the same image in a batch of any size, and {@code seeded(seed + 4)} goes on where a batch
     * of four ended.
     */
    static NoiseSource seeded(long seed) {
        return new SeededNoise(seed);
    }

    /**
     * Noise recorded elsewhere, such as in Python.
     *
     * @param steps noise of each step, in order; may be empty for samplers that add none
     * @throws IllegalArgumentException from the methods, if a step was not recorded or has another
     *     shape
     */
    static NoiseSource recorded(INDArray initial, List<INDArray> steps) {
        return new RecordedNoise(initial, steps);
    }
}
