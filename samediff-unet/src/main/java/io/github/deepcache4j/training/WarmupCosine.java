// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A learning rate that rises linearly to its peak, then falls to 0 along half a cosine (Loshchilov
 * and Hutter 2017, eq. 5); for any ND4J updater.
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
public final class WarmupCosine implements ISchedule {

    private static final long serialVersionUID = 1L;

    private final double peak;
    private final long warmup;
    private final long steps;

    /**
     * @param peak learning rate at the end of the warm-up
     * @param warmup steps of the warm-up; the first has peak / warmup
     * @param steps steps in all; the rate is 0 from there on
     * @throws IllegalArgumentException if the rate is not positive, or the warm-up is longer than
     *     the whole
     */
    @JsonCreator
    public WarmupCosine(
            @JsonProperty("peak") double peak,
            @JsonProperty("warmup") long warmup,
            @JsonProperty("steps") long steps) {
        if (!(peak > 0) || warmup < 0 || steps < 1 || warmup > steps) {
            throw new IllegalArgumentException(
                    "learning rate "
                            + peak
                            + " with "
                            + warmup
                            + " steps of warm-up of "
                            + steps
                            + " in all: a positive rate and a warm-up no longer than the whole are"
                            + " needed");
        }
        this.peak = peak;
        this.warmup = warmup;
        this.steps = steps;
    }

    /** Steps in all. */
    public long steps() {
        return steps;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        if (iteration < warmup) {
            return peak * (iteration + 1) / warmup;
        }
        double progress = Math.min(1, (iteration - warmup) / (double) Math.max(1, steps - warmup));
        return peak * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
    }

    @Override
    public ISchedule clone() {
        return new WarmupCosine(peak, warmup, steps);
    }
}
