// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What one prediction says about a noisy sample: its clean sample x0 and its noise epsilon,
 * whatever the network predicts. Both together make the sample: x = signal x0 + noise epsilon.
 */
final class Estimate {

    private final INDArray x;
    private final NoiseLevel level;
    private final INDArray x0;
    private final INDArray epsilon;

    private Estimate(INDArray x, NoiseLevel level, INDArray x0, INDArray epsilon) {
        this.x = x;
        this.level = level;
        this.x0 = x0;
        this.epsilon = epsilon;
    }

    /**
     * Reads a prediction.
     *
     * @param x the sample in either scale; the network was shown x / {@link NoiseLevel#norm}
     * @param prediction of x's type and shape
     */
    static Estimate of(INDArray x, NoiseLevel level, INDArray prediction, PredictionType type) {
        double signal = level.signal();
        double noise = level.noise();
        double norm = level.norm();
        return switch (type) {
            case EPSILON ->
                    new Estimate(x, level, x.sub(prediction.mul(noise)).divi(signal), prediction);
            case SAMPLE -> new Estimate(x, level, prediction, noiseIn(x, prediction, level));
            case V_PREDICTION ->
                    new Estimate(
                            x,
                            level,
                            x.mul(signal / (norm * norm)).subi(prediction.mul(noise / norm)),
                            prediction.mul(signal / norm).addi(x.mul(noise / (norm * norm))));
        };
    }

    /** The noise that x holds if its clean sample is x0. */
    private static INDArray noiseIn(INDArray x, INDArray x0, NoiseLevel level) {
        return x.sub(x0.mul(level.signal())).divi(level.noise());
    }

    /** The same with x0 as the schedule bounds it; epsilon stays what the network said. */
    Estimate bounded(NoiseSchedule schedule) {
        return schedule.threshold().isPresent() ? thresholded(schedule) : clipped(schedule);
    }

    /** As {@link #bounded} for samplers that never clip. */
    Estimate thresholded(NoiseSchedule schedule) {
        return schedule.threshold().isPresent()
                ? new Estimate(x, level, schedule.threshold().get().apply(x0), epsilon)
                : this;
    }

    /** As {@link #bounded} for samplers that know no thresholding. */
    Estimate clipped(NoiseSchedule schedule) {
        return schedule.clipRange().isPresent()
                ? new Estimate(x, level, clip(x0, schedule.clipRange().getAsDouble()), epsilon)
                : this;
    }

    /** The same with the epsilon that belongs to x0. */
    Estimate withEpsilonOfX0() {
        return new Estimate(x, level, x0, noiseIn(x, x0, level));
    }

    /** Not to be written to: it may be the network's answer. */
    INDArray x0() {
        return x0;
    }

    /** Not to be written to: it may be the network's answer. */
    INDArray epsilon() {
        return epsilon;
    }

    static INDArray clip(INDArray array, double range) {
        return Transforms.min(Transforms.max(array, -range, true), range, false);
    }

    static float sqrt(float value) {
        return (float) Math.sqrt(value);
    }
}
