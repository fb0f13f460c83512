// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Order of convergence on data x0 ~ N(m, s²), whose denoiser and whose probability flow are known:
 * D(x; sigma) = (s² x + sigma² m) / (s² + sigma²), and (x - m) / sqrt(s² + sigma²) stays constant.
 * Levels are continuous, from a fixed sigma to a positive one; the network's timestep is sigma.
 */
class ConvergenceTest {

    private static final double MEAN = 0.3;
    private static final double DEVIATION = 0.7;
    private static final double LARGEST = 10;
    private static final double SMALLEST = 0.5;
    private static final double SLOPE_TOLERANCE = 0.15;
    private static final int FINE = 160;

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear();

    /** What a network that predicts noise says of the sample that it is shown, at this sigma. */
    private static INDArray epsilon(INDArray shown, double sigma) {
        INDArray x = shown.mul(Math.sqrt(1 + sigma * sigma));
        double total = DEVIATION * DEVIATION + sigma * sigma;
        INDArray x0 = x.mul(DEVIATION * DEVIATION / total).addi(sigma * sigma * MEAN / total);
        return x.sub(x0).divi(sigma);
    }

    private static final NoisePredictor TOLD_SIGMA = (x, step) -> epsilon(x, step.timestep());

    /**
     * Where the flow takes a sample (variance-exploding scale) from the first level to the last.
     */
    private static double exact(double x, double from, double to) {
        double shrunk =
                Math.sqrt(
                        (DEVIATION * DEVIATION + to * to) / (DEVIATION * DEVIATION + from * from));
        return MEAN + (x - MEAN) * shrunk;
    }

    /** Equal steps in log sigma. */
    private static SigmaGrid levels(int steps) {
        double[] sigmas = SigmaSpacing.EXPONENTIAL.sigmas(LARGEST, SMALLEST, steps + 1);
        return SigmaGrid.of(sigmas, sigmas);
    }

    /**
     * Error after a run.
     *
     * @param preserving whether the sampler's scale is the variance-preserving one
     */
    private static double error(
            Sampler sampler, NoisePredictor network, double from, double to, boolean preserving) {
        double start = 6;
        double first = preserving ? Math.sqrt(1 + from * from) : 1;
        double last = preserving ? Math.sqrt(1 + to * to) : 1;
        INDArray x = Nd4j.createFromArray(start / first).reshape(1, 1, 1, 1);
        SamplerState state = SamplerState.start(x.castTo(DataType.DOUBLE));
        for (int step = 0; step < sampler.steps(); step++) {
            state = sampler.next(state, network, Map.of(), NoiseSource.seeded(0));
        }
        return Math.abs(state.sample().getDouble(0) * last - exact(start, from, to));
    }

    /** Errors fall by 2^order as steps double. */
    private static void assertOrder(
            double order, Function<SigmaGrid, Sampler> sampler, boolean preserving) {
        double coarse =
                error(sampler.apply(levels(FINE / 2)), TOLD_SIGMA, LARGEST, SMALLEST, preserving);
        double fine = error(sampler.apply(levels(FINE)), TOLD_SIGMA, LARGEST, SMALLEST, preserving);
        assertSlope(order, coarse, fine);
    }

    private static void assertSlope(double order, double coarse, double fine) {
        double slope = Math.log(coarse / fine) / Math.log(2);
        assertTrue(fine > 1e-12, "the error is rounding: " + fine);
        assertEquals(order, slope, SLOPE_TOLERANCE);
    }

    @Test
    void euler() {
        assertOrder(1, grid -> new EulerSampler(SCHEDULE, grid), false);
    }

    @Test
    void heun() {
        assertOrder(2, grid -> new HeunSampler(SCHEDULE, grid), false);
    }

    @Test
    void dpmSolver() {
        for (int order = 1; order <= 2; order++) {
            DpmSolverOptions options = DpmSolverOptions.ofOrder(order);
            assertOrder(order, grid -> new DpmSolverSampler(SCHEDULE, grid, options), true);
        }
    }

    /** With diffusers' defaults: the last step, of first order and not corrected, decides. */
    @Test
    void uniPc() {
        assertOrder(2, grid -> uniPc(grid, true, Set.of()), true);
    }

    /**
     * Without that the corrector lifts the predictor's order 2 to 3 (Zhao et al. 2023, sec. 3.1).
     */
    @Test
    void uniPcInFullOrder() {
        assertOrder(3, grid -> uniPc(grid, false, Set.of()), true);
        Set<Integer> all = IntStream.range(0, FINE).boxed().collect(Collectors.toSet());
        assertOrder(2, grid -> uniPc(grid, false, all), true);
    }

    private static Sampler uniPc(SigmaGrid grid, boolean lower, Set<Integer> uncorrected) {
        UniPcOptions options = new UniPcOptions(2, false, true, lower, uncorrected);
        return new UniPcSampler(SCHEDULE, grid, options);
    }

    /**
     * DDIM's levels are training timesteps, so a schedule is made of continuous levels, one
     * timestep each.
     */
    @Test
    void ddim() {
        assertSlope(1, ddim(40), ddim(80));
    }

    private static double ddim(int steps) {
        double[] sigmas = SigmaSpacing.EXPONENTIAL.sigmas(LARGEST, SMALLEST, steps + 1);
        float[] betas = new float[steps + 1];
        double before = 1;
        for (int t = 0; t <= steps; t++) {
            double sigma = sigmas[steps - t];
            double alphaBar = 1 / (1 + sigma * sigma);
            betas[t] = (float) (1 - alphaBar / before);
            before = alphaBar;
        }
        NoiseSchedule schedule =
                NoiseSchedule.ofBetas(betas).withoutClipping().withFinalAlphaOne(false);
        NoisePredictor network = (x, step) -> epsilon(x, schedule.sigmas()[(int) step.timestep()]);
        float[] trained = schedule.sigmas();
        return error(
                DdimSampler.of(schedule, steps + 1), network, trained[steps], trained[0], true);
    }
}
