// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What one network call says about a noisy sample: its clean sample x0 and its noise epsilon,
 * whatever the network predicts. Both together make the sample: x = sqrt(alphaBar) x0 + sqrt(1 -
 * alphaBar) epsilon.
 */
final class Estimate {

    private final INDArray x0;
    private final INDArray epsilon;

    private Estimate(INDArray x0, INDArray epsilon) {
        this.x0 = x0;
        this.epsilon = epsilon;
    }

    /** Asks the network about the state's sample. */
    static Estimate of(
            NoiseSchedule schedule,
            int timestep,
            SamplerState state,
            NoisePredictor network,
            Map<String, INDArray> conditions) {
        INDArray x = state.sample();
        Step step = Step.of(state.calls(), timestep).withConditions(conditions);
        INDArray output = network.predict(x, step);
        if (!output.equalShapes(x)) {
            throw new IllegalStateException(
                    "the network answered "
                            + Shape.of(output.shape())
                            + " to a sample of "
                            + Shape.of(x.shape())
                            + "; a prediction has the sample's shape (networks that also predict a"
                            + " variance are not supported)");
        }
        INDArray prediction = output.castTo(x.dataType());
        float alphaBar = schedule.alphaBar(timestep);
        float signal = sqrt(alphaBar);
        float noise = sqrt(1 - alphaBar);
        return switch (schedule.predictionType()) {
            case EPSILON -> new Estimate(x.sub(prediction.mul(noise)).divi(signal), prediction);
            case SAMPLE -> new Estimate(prediction, noiseIn(x, prediction, alphaBar));
            case V_PREDICTION ->
                    new Estimate(
                            x.mul(signal).subi(prediction.mul(noise)),
                            prediction.mul(signal).addi(x.mul(noise)));
        };
    }

    /** The noise that x holds if its clean sample is x0. */
    private static INDArray noiseIn(INDArray x, INDArray x0, float alphaBar) {
        return x.sub(x0.mul(sqrt(alphaBar))).divi(sqrt(1 - alphaBar));
    }

    /** The same with x0 as the schedule clips it; epsilon stays what the network said. */
    Estimate clipped(NoiseSchedule schedule) {
        if (schedule.clipRange().isEmpty()) {
            return this;
        }
        double range = schedule.clipRange().getAsDouble();
        return new Estimate(
                Transforms.min(Transforms.max(x0, -range, true), range, false), epsilon);
    }

    /** The same with the epsilon that belongs to x0. */
    Estimate withEpsilonOfX0(INDArray x, float alphaBar) {
        return new Estimate(x0, noiseIn(x, x0, alphaBar));
    }

    /** Not to be written to: it may be the network's answer. */
    INDArray x0() {
        return x0;
    }

    /** Not to be written to: it may be the network's answer. */
    INDArray epsilon() {
        return epsilon;
    }

    static float sqrt(float value) {
        return (float) Math.sqrt(value);
    }
}
