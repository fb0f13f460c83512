// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.Arrays;

/**
 * How a few timesteps are picked from the training timesteps; diffusers' {@code timestep_spacing}
 * (Lin et al. 2023, table 2). Rounding is numpy's, half to even.
 */
public enum TimestepSpacing {
    /**
     * multiples of floor(T / steps), plus {@code steps_offset}; the noisiest timestep is left out
     */
    LEADING {
        @Override
        int[] timesteps(int trained, int steps, int offset) {
            int ratio = trained / steps;
            int[] timesteps = new int[steps];
            for (int i = 0; i < steps; i++) {
                timesteps[i] = (steps - 1 - i) * ratio + offset;
            }
            return timesteps;
        }
    },
    /**
     * T - 1 and downwards in steps of T / steps; ignores {@code steps_offset}. There are always as
     * many as asked for: diffusers 0.37 gives one too many, -1, for 62 of the 1,000 possible counts
     * (61, 103, 121, ...), from rounding in {@code np.arange}.
     */
    TRAILING {
        @Override
        int[] timesteps(int trained, int steps, int offset) {
            // numpy.arange goes in steps of this difference, not of T / steps
            double delta = (trained - (double) trained / steps) - trained;
            int[] timesteps = new int[steps];
            for (int i = 0; i < steps; i++) {
                timesteps[i] = (int) Math.rint(trained + i * delta) - 1;
            }
            return timesteps;
        }
    },
    /** equal steps from T - 1 to 0, both included; ignores {@code steps_offset} */
    LINSPACE {
        @Override
        int[] timesteps(int trained, int steps, int offset) {
            double step = steps == 1 ? 0 : (trained - 1.0) / (steps - 1);
            int[] timesteps = new int[steps];
            for (int i = 0; i < steps; i++) {
                timesteps[steps - 1 - i] = (int) Math.rint(i * step);
            }
            return timesteps;
        }

        @Override
        double[] unrounded(int trained, int steps, int offset) {
            double step = steps == 1 ? 0 : (trained - 1.0) / (steps - 1);
            double[] timesteps = new double[steps];
            for (int i = 0; i < steps; i++) {
                timesteps[steps - 1 - i] = (float) (i * step);
            }
            return timesteps;
        }
    };

    /** Timesteps of a run, noisiest first. */
    abstract int[] timesteps(int trained, int steps, int offset);

    /** The same without rounding those that are not whole, for samplers that go by sigma. */
    double[] unrounded(int trained, int steps, int offset) {
        return Arrays.stream(timesteps(trained, steps, offset)).asDoubleStream().toArray();
    }

    /**
     * Timesteps of DPM-Solver and UniPC: one more point, the least noisy, is spaced too and then
     * left out.
     *
     * @param end timesteps from there on are too noisy to begin with
     */
    int[] multistep(int trained, int end, int steps, int offset) {
        return this == TRAILING
                ? timesteps(trained, steps, offset)
                : Arrays.copyOf(timesteps(end, steps + 1, offset), steps);
    }
}
