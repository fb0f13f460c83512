// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A sampler whose steps are at training timesteps, with the noise that these were trained with. */
abstract class DiscreteSampler extends GridSampler {

    private final NoiseSchedule schedule;
    private final int[] timesteps;

    /**
     * @throws IllegalArgumentException if the noise cannot be told from the sample at a timestep,
     *     since nothing of the signal is left there
     */
    DiscreteSampler(NoiseSchedule schedule, int[] timesteps) {
        super(
                Arrays.stream(timesteps).asDoubleStream().toArray(),
                schedule.varianceType().isLearned());
        this.schedule = schedule;
        this.timesteps = timesteps;
        if (schedule.predictionType() == PredictionType.EPSILON
                && schedule.alphaBar(timesteps[0]) == 0) {
            throw new IllegalArgumentException(
                    "timestep "
                            + timesteps[0]
                            + " has no signal (rescale_betas_zero_snr), so x0 does not follow from"
                            + " epsilon; the model needs prediction_type v_prediction or sample,"
                            + " or timestep_spacing leading");
        }
    }

    final NoiseSchedule schedule() {
        return schedule;
    }

    /** Not to be written to. */
    final int[] trainingTimesteps() {
        return timesteps;
    }

    final int trainingTimestep(int step) {
        return timesteps[step];
    }

    /** alphaBar that a step arrives at if it goes to the next one's timestep; 1 in the last. */
    final float alphaBarOfNext(int step) {
        return step == timesteps.length - 1 ? 1 : schedule.alphaBar(timesteps[step + 1]);
    }

    /** What the network says about the state's sample. */
    final Estimate estimate(SamplerState state, INDArray prediction) {
        return Estimate.of(
                state.sample(), level(state.step()), prediction, schedule.predictionType());
    }

    @Override
    final NoiseLevel level(int step) {
        return step == timesteps.length
                ? new NoiseLevel(1, 0)
                : NoiseLevel.ofAlphaBar(schedule.alphaBar(timesteps[step]));
    }
}
