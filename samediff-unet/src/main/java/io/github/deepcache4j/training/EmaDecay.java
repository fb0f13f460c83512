// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.OptionalDouble;

/**
 * How much of an exponential moving average stays at a step, as diffusers' {@code EMAModel} has it.
 *
 * @param maximum the decay that is never exceeded, such as 0.9999
 * @param power {@code 1 - (1 + step)^-power}, diffusers' {@code use_ema_warmup}; without it {@code
 *     (1 + step) / (10 + step)}
 */
public record EmaDecay(double maximum, OptionalDouble power) {

    public EmaDecay {
        if (!(maximum >= 0 && maximum < 1)) {
            throw new IllegalArgumentException("EMA decay " + maximum + " is not in [0, 1)");
        }
    }

    public static EmaDecay upTo(double maximum) {
        return new EmaDecay(maximum, OptionalDouble.empty());
    }

    /** diffusers' default power is 2/3. */
    public EmaDecay withPower(double exponent) {
        return new EmaDecay(maximum, OptionalDouble.of(exponent));
    }

    /**
     * The decay of an update.
     *
     * @param update counts from 1; the first copies the weights
     */
    public double at(long update) {
        long step = Math.max(0, update - 1);
        if (step == 0) {
            return 0;
        }
        double rising =
                power.isPresent()
                        ? 1 - StrictMath.pow(1 + step, -power.getAsDouble())
                        : (1.0 + step) / (10.0 + step);
        return Math.min(rising, maximum);
    }
}
