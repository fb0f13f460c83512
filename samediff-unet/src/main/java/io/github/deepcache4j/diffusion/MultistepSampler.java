// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sampler that steps in lambda, half the log signal-to-noise ratio, with x in the
 * variance-preserving scale: DPM-Solver and UniPC.
 */
abstract class MultistepSampler extends GridSampler {

    private final NoiseSchedule schedule;
    private final SigmaGrid grid;

    MultistepSampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(grid.timesteps(), schedule.varianceType().isLearned());
        this.schedule = schedule;
        this.grid = grid;
    }

    final NoiseSchedule schedule() {
        return schedule;
    }

    /** Whether the last step removes all noise, so that lambda ends at infinity. */
    final boolean endsAtZero() {
        return grid.sigma(steps()) == 0;
    }

    @Override
    final NoiseLevel level(int step) {
        return NoiseLevel.ofSigma(grid.sigma(step));
    }

    /** What the network says about the state's sample, x0 thresholded but never clipped. */
    final Estimate estimate(SamplerState state, NetworkCalls network) {
        int step = state.step();
        INDArray prediction = network.predict(0, timestep(step), state.sample());
        return Estimate.of(state.sample(), level(step), prediction, schedule.predictionType())
                .thresholded(schedule);
    }
}
