// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * How much noise each training timestep adds; diffusers' {@code beta_schedule}.
 *
 * <p>Arithmetic is float32 where diffusers' is, so that alphaBar agrees to the last bits.
 */
public enum BetaSchedule {
    /** equal steps in beta (Ho et al. 2020) */
    LINEAR {
        @Override
        float[] betas(int count, double start, double end) {
            return linspace(start, end, count);
        }
    },
    /** equal steps in sqrt(beta) (Stable Diffusion) */
    SCALED_LINEAR {
        @Override
        float[] betas(int count, double start, double end) {
            float[] betas = linspace(Math.sqrt(start), Math.sqrt(end), count);
            for (int i = 0; i < count; i++) {
                betas[i] *= betas[i];
            }
            return betas;
        }
    },
    /**
     * alphaBar(t) = cos^2(((t + 0.008) / 1.008) pi / 2), t in [0, 1] (Nichol and Dhariwal 2021, eq.
     * 17)
     */
    SQUAREDCOS_CAP_V2 {
        @Override
        float[] betas(int count, double start, double end) {
            float[] betas = new float[count];
            for (int i = 0; i < count; i++) {
                double now = cosineAlphaBar((double) i / count);
                double next = cosineAlphaBar((double) (i + 1) / count);
                betas[i] = (float) Math.min(1 - next / now, MAX_BETA);
            }
            return betas;
        }
    };

    /** Cap against the singularity at t = 1. */
    private static final double MAX_BETA = 0.999;

    /**
     * Variance that each timestep adds.
     *
     * @param start beta of timestep 0, and {@code end} that of the last; the cosine schedule has
     *     its own
     */
    abstract float[] betas(int count, double start, double end);

    private static double cosineAlphaBar(double t) {
        double cosine = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
        return cosine * cosine;
    }

    /**
     * As {@code torch.linspace} in float32, which counts from the nearer end and rounds once (fused
     * multiply-add).
     */
    private static float[] linspace(double from, double to, int count) {
        float start = (float) from;
        float end = (float) to;
        float step = count == 1 ? 0 : (end - start) / (count - 1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    i < count / 2 || count == 1
                            ? Math.fma(step, i, start)
                            : Math.fma(-step, count - 1 - i, end);
        }
        return values;
    }
}
