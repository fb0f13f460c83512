// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.Arrays;

/**
 * Noise levels of a run with their timesteps: level i is before step i, the last one after the last
 * step. Sigmas are rounded to float32 as diffusers does, except those of {@link #of}.
 */
final class SigmaGrid {

    private final double[] sigmas;
    private final double[] timesteps;

    private SigmaGrid(double[] sigmas, double[] timesteps) {
        this.sigmas = sigmas;
        this.timesteps = timesteps;
    }

    /**
     * Given levels, not rounded.
     *
     * @param sigmas {@code [steps + 1]}, falling
     * @param timesteps {@code [steps]}, or {@code [steps + 1]} for samplers that ask the network at
     *     the last level too
     */
    static SigmaGrid of(double[] sigmas, double[] timesteps) {
        return new SigmaGrid(sigmas.clone(), timesteps.clone());
    }

    /**
     * Levels of the Euler family (Euler, Heun, KDPM2): timesteps need not be whole.
     *
     * @param kind KDPM2 rounds the timesteps of Karras' levels to whole ones; the others keep
     *     theirs in float32
     */
    static SigmaGrid euler(
            NoiseSchedule schedule, int steps, SigmaOptions options, SamplerKind kind) {
        TrainedSigmas trained = new TrainedSigmas(schedule);
        StepCount.check(steps, schedule.trainTimesteps(), schedule.trainTimesteps());
        double[] timesteps =
                schedule.spacing()
                        .unrounded(schedule.trainTimesteps(), steps, schedule.stepsOffset());
        StepCount.checkFirst(timesteps[0], steps, schedule);
        double[] sigmas = trained.at(timesteps);
        if (options.logLinear()) {
            // one level more than steps, so what final_sigmas_type appends is never reached
            sigmas =
                    SigmaSpacing.EXPONENTIAL.sigmas(
                            trained.largest(), trained.smallest(), steps + 1);
        }
        double end = options.endsAtZero() ? 0 : trained.smallest();
        if (options.spacing() != SigmaSpacing.TIMESTEPS) {
            sigmas = options.spread(sigmas[0], sigmas[sigmas.length - 1], steps);
            timesteps = trained.timestepsOf(sigmas);
            if (kind != SamplerKind.KDPM2) {
                timesteps = Arrays.stream(timesteps).map(t -> (float) t).toArray();
            } else if (options.spacing() == SigmaSpacing.KARRAS) {
                timesteps = whole(timesteps);
            }
        } else if (options.logLinear()) {
            end = sigmas[steps];
            sigmas = Arrays.copyOf(sigmas, steps);
        }
        double[] levels = rounded(sigmas, end);
        if (options.logSigmaTimesteps()
                && schedule.predictionType() == PredictionType.V_PREDICTION) {
            timesteps = Arrays.stream(levels).limit(steps).map(s -> Math.log(s) / 4).toArray();
        }
        return new SigmaGrid(levels, timesteps);
    }

    /**
     * Levels of DPM-Solver and UniPC: all timesteps are whole.
     *
     * @param leastLambda timesteps with a smaller log(signal / noise) are too noisy to begin with
     */
    static SigmaGrid multistep(
            NoiseSchedule schedule,
            int steps,
            SigmaOptions options,
            double leastLambda,
            SamplerKind kind) {
        TrainedSigmas trained = new TrainedSigmas(schedule);
        int count = schedule.trainTimesteps();
        TimestepSpacing spacing = schedule.spacing();
        boolean trailing = spacing == TimestepSpacing.TRAILING;
        int end = count;
        while (end > 1 && -Math.log(trained.at(end - 1)) < leastLambda) {
            end--;
        }
        if (trailing && end < count) {
            throw new IllegalArgumentException(
                    "lambda_min_clipped "
                            + leastLambda
                            + " cuts timesteps off, which with timestep_spacing trailing leaves"
                            + " another number of steps than was asked for; take linspace");
        }
        StepCount.check(steps, count, trailing ? count : end - 1);
        int[] whole = spacing.multistep(count, end, steps, schedule.stepsOffset());
        StepCount.checkFirst(whole[0], steps, schedule);
        double[] timesteps = Arrays.stream(whole).asDoubleStream().toArray();
        double[] sigmas = trained.at(timesteps);
        double last = options.endsAtZero() ? 0 : trained.smallest();
        if (options.spacing() != SigmaSpacing.TIMESTEPS) {
            sigmas = options.spread(trained.largest(), trained.smallest(), steps);
            timesteps = trained.timestepsOf(sigmas);
            boolean unipc = kind == SamplerKind.UNIPC;
            if (options.spacing() == SigmaSpacing.KARRAS && (unipc || !schedule.isCosine())) {
                timesteps = whole(timesteps);
            }
            // what is not rounded by then loses its fraction
            timesteps = Arrays.stream(timesteps).map(Math::floor).toArray();
            if (unipc && !options.endsAtZero()) {
                last = sigmas[steps - 1];
            }
        }
        return new SigmaGrid(rounded(sigmas, last), timesteps);
    }

    private static double[] whole(double[] values) {
        return Arrays.stream(values).map(Math::rint).toArray();
    }

    private static double[] rounded(double[] sigmas, double end) {
        double[] levels = new double[sigmas.length + 1];
        for (int i = 0; i < sigmas.length; i++) {
            levels[i] = (float) sigmas[i];
        }
        levels[sigmas.length] = (float) end;
        return levels;
    }

    int steps() {
        return sigmas.length - 1;
    }

    /** {@code [steps + 1]}. */
    double sigma(int level) {
        return sigmas[level];
    }

    double[] sigmas() {
        return sigmas.clone();
    }

    double timestep(int level) {
        return timesteps[level];
    }

    /** Those that steps begin at, {@code [steps]}. */
    double[] timesteps() {
        return Arrays.copyOf(timesteps, steps());
    }
}
