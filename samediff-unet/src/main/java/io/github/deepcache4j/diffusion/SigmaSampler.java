// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sampler that follows the probability flow dx/dsigma = (x - x0(x; sigma)) / sigma (Karras et al.
 * 2022, eq. 3) with x in the variance-exploding scale, x = x0 + sigma epsilon.
 *
 * <p>The network was trained on x / sqrt(sigma² + 1), and is shown that.
 */
abstract class SigmaSampler extends GridSampler {

    private final NoiseSchedule schedule;
    private final SigmaGrid grid;

    SigmaSampler(NoiseSchedule schedule, SigmaGrid grid) {
        super(grid.timesteps(), schedule.varianceType().isLearned());
        this.schedule = schedule;
        this.grid = grid;
    }

    final NoiseSchedule schedule() {
        return schedule;
    }

    final SigmaGrid grid() {
        return grid;
    }

    @Override
    final NoiseLevel level(int step) {
        return NoiseLevel.exploding(grid.sigma(step));
    }

    /** With leading spacing the noisiest timestep is left out, so the sample has a variance too. */
    @Override
    final double initialScale() {
        double sigma = grid.sigma(0);
        return schedule.spacing() == TimestepSpacing.LEADING ? Math.sqrt(sigma * sigma + 1) : sigma;
    }

    /** What the network says about a sample at a noise level. */
    final Estimate estimate(
            NetworkCalls network, int call, INDArray x, double sigma, double timestep) {
        NoiseLevel level = NoiseLevel.exploding(sigma);
        INDArray prediction = network.predict(call, timestep, x.div(level.norm()));
        return Estimate.of(x, level, prediction, schedule.predictionType());
    }

    /** dx/dsigma, new array. */
    static INDArray slope(INDArray x, INDArray x0, double sigma) {
        return x.sub(x0).divi(sigma);
    }

    /** Where a straight line of that slope arrives, new array. */
    static INDArray line(INDArray x, INDArray slope, double from, double to) {
        return slope.mul(to - from).addi(x);
    }
}
