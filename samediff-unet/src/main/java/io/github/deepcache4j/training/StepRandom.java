// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Random;

/**
 * Random numbers of a training step as a function of seed and step, so that a run goes on after a
 * checkpoint as if it had not stopped.
 *
 * <p>java.util.Random, whose numbers its documentation fixes; ND4J's generator does not repeat for
 * seed 0.
 */
final class StepRandom {

    /** What numbers are drawn for; each has a stream of its own. */
    enum Use {
        ORDER,
        TIMESTEPS,
        DROPOUT,
        NOISE
    }

    private StepRandom() {}

    static Random of(long seed, long step, Use use) {
        return new Random(seed(seed, step, use));
    }

    /** A seed for another generator. */
    static long seed(long seed, long step, Use use) {
        return mix(mix(mix(seed) + step) + use.ordinal());
    }

    /** SplitMix64's output function (Steele et al. 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
