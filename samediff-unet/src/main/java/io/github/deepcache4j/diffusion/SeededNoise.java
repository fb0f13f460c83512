// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gaussian noise from SplitMix64 (Steele et al. 2014) and Box-Muller.
 *
 * <p>Written out rather than taken from java.util.random, whose {@code nextGaussian} may change
 * with the Java version; StrictMath gives the same bits on every processor.
 */
final class SeededNoise implements NoiseSource {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long seed;

    SeededNoise(long seed) {
        this.seed = seed;
    }

    @Override
    public INDArray initial(long... shape) {
        return draw(0, shape);
    }

    @Override
    public INDArray step(int step, long... shape) {
        return draw(step + 1, shape);
    }

    private INDArray draw(int number, long[] shape) {
        int images = Math.toIntExact(shape[0]);
        int size = Math.toIntExact(Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact));
        float[] values = new float[Math.multiplyExact(images, size)];
        for (int image = 0; image < images; image++) {
            fill(mix(mix(seed + image) + number), values, image * size, size);
        }
        return Nd4j.create(values, shape, 'c');
    }

    private static void fill(long stream, float[] values, int from, int size) {
        long state = stream;
        for (int i = 0; i < size; i += 2) {
            state += GOLDEN_GAMMA;
            double radius = StrictMath.sqrt(-2 * StrictMath.log(unit(mix(state))));
            state += GOLDEN_GAMMA;
            double angle = 2 * Math.PI * unit(mix(state));
            values[from + i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < size) {
                values[from + i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
    }

    /** Uniform in (0, 1], so that its logarithm is finite. */
    private static double unit(long bits) {
        return ((bits >>> 11) + 1) * 0x1p-53;
    }

    /** SplitMix64's output function. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
