// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * The noise level sigma of each training timestep, and what lies between: timestep to sigma by
 * straight lines, sigma to timestep by straight lines in log sigma, both as diffusers does.
 */
final class TrainedSigmas {

    private static final double LEAST = 1e-10;

    private final float[] sigmas;
    private final float[] logs;

    TrainedSigmas(NoiseSchedule schedule) {
        this.sigmas = schedule.sigmas();
        this.logs = new float[sigmas.length];
        for (int t = 0; t < logs.length; t++) {
            logs[t] = (float) Math.log(sigmas[t]);
        }
    }

    double smallest() {
        return sigmas[0];
    }

    double largest() {
        return sigmas[sigmas.length - 1];
    }

    /** Sigma of a timestep, also between two of them. */
    double at(double timestep) {
        int below = (int) timestep;
        if (below >= sigmas.length - 1) {
            return largest();
        }
        return sigmas[below] + ((double) sigmas[below + 1] - sigmas[below]) * (timestep - below);
    }

    double[] at(double[] timesteps) {
        double[] result = new double[timesteps.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = at(timesteps[i]);
        }
        return result;
    }

    /** The timestep, rarely whole, of a sigma; the nearest one of a sigma that is out of range. */
    double timestepOf(double sigma) {
        double log = Math.log(Math.max(sigma, LEAST));
        int below = 0;
        while (below < logs.length - 2 && logs[below + 1] <= log) {
            below++;
        }
        double share = (logs[below] - log) / ((double) logs[below] - logs[below + 1]);
        share = Math.min(Math.max(share, 0), 1);
        return (1 - share) * below + share * (below + 1);
    }

    double[] timestepsOf(double[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = timestepOf(values[i]);
        }
        return result;
    }
}
