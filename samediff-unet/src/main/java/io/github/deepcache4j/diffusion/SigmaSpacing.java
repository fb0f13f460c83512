// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** How the noise levels of a run are spread between the largest and the smallest. */
public enum SigmaSpacing {
    /** those of the timesteps that the schedule's {@link TimestepSpacing} picks */
    TIMESTEPS {
        @Override
        double[] sigmas(double largest, double smallest, int steps) {
            throw new IllegalStateException("the timesteps tell the sigmas");
        }
    },
    /**
     * equal steps in sigma^(1/7) (Karras et al. 2022, eq. 5); diffusers' {@code use_karras_sigmas}
     */
    KARRAS {
        @Override
        double[] sigmas(double largest, double smallest, int steps) {
            return karras(largest, smallest, 7, steps);
        }
    },
    /** equal steps in log sigma; {@code use_exponential_sigmas} */
    EXPONENTIAL {
        @Override
        double[] sigmas(double largest, double smallest, int steps) {
            double top = Math.log(largest);
            double bottom = Math.log(smallest);
            double[] sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                sigmas[i] = Math.exp(top + share(i, steps) * (bottom - top));
            }
            return sigmas;
        }
    },
    /**
     * quantiles of the beta distribution with both parameters 0.6 (Lee et al. 2024); {@code
     * use_beta_sigmas}
     */
    BETA {
        @Override
        double[] sigmas(double largest, double smallest, int steps) {
            double[] sigmas = new double[steps];
            for (int i = 0; i < steps; i++) {
                double quantile = BetaQuantile.of(1 - share(i, steps));
                sigmas[i] = smallest + quantile * (largest - smallest);
            }
            return sigmas;
        }
    };

    /**
     * Noise levels, largest first.
     *
     * @param smallest the last one, above 0
     */
    abstract double[] sigmas(double largest, double smallest, int steps);

    /** Equal steps in sigma^(1/rho) (Karras et al. 2022, eq. 5). */
    static double[] karras(double largest, double smallest, double rho, int steps) {
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = karras(largest, smallest, rho, share(i, steps));
        }
        return sigmas;
    }

    /**
     * One of {@link #karras(double, double, double, int)}.
     *
     * @param share 0 for the largest, 1 for the smallest
     */
    static double karras(double largest, double smallest, double rho, double share) {
        double top = Math.pow(largest, 1 / rho);
        double bottom = Math.pow(smallest, 1 / rho);
        return Math.pow(top + share * (bottom - top), rho);
    }

    private static double share(int i, int steps) {
        return steps == 1 ? 0 : (double) i / (steps - 1);
    }
}
