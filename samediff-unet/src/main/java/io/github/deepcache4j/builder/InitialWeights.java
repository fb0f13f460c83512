// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Values drawn as PyTorch's constructors draw them, from a seed.
 *
 * <p>Each parameter has a generator of its own, seeded by the seed and its name, so its values do
 * not depend on the order of the blocks.
 */
record InitialWeights(long seed) implements Weights {

    @Override
    public INDArray of(Parameter parameter) {
        // the golden ratio keeps neighbouring seeds apart
        SplittableRandom random =
                new SplittableRandom(seed * 0x9E3779B97F4A7C15L + parameter.name().hashCode());
        float[] values = new float[Math.toIntExact(parameter.shape().elements())];
        double bound = Math.sqrt(1.0 / Math.max(1, parameter.fanIn()));
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (parameter.initial()) {
                        case UNIFORM -> (float) ((2 * random.nextDouble() - 1) * bound);
                        case NORMAL -> (float) random.nextGaussian();
                        case ONE -> 1;
                        case ZERO -> 0;
                    };
        }
        return Nd4j.createFromArray(values).reshape(parameter.shape().toArray());
    }
}
