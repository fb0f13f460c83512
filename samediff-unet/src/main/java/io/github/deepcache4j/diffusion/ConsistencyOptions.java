// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * What a consistency model was trained with.
 *
 * @param trainTimesteps levels that the steps are picked from; diffusers' {@code
 *     num_train_timesteps}
 * @param smallest lowest noise level, where the model is the identity; {@code sigma_min}
 * @param largest highest; {@code sigma_max}
 * @param data deviation of the data; {@code sigma_data}
 * @param noise factor of the noise that steps add; {@code s_noise}
 * @param rho exponent of the levels' spacing
 * @param clips whether x0 is clipped to [-1, 1]; {@code clip_denoised}
 */
public record ConsistencyOptions(
        int trainTimesteps,
        double smallest,
        double largest,
        double data,
        double noise,
        double rho,
        boolean clips) {

    public ConsistencyOptions {
        if (!(trainTimesteps > 1 && smallest > 0 && largest > smallest && data > 0 && rho > 0)) {
            throw new IllegalArgumentException(
                    "num_train_timesteps "
                            + trainTimesteps
                            + ", sigma_min "
                            + smallest
                            + ", sigma_max "
                            + largest
                            + ", sigma_data "
                            + data
                            + " and rho "
                            + rho
                            + " must be positive, with at least 2 timesteps and sigma_max the"
                            + " larger");
        }
    }

    public static ConsistencyOptions defaults() {
        return new ConsistencyOptions(40, 0.002, 80, 0.5, 1, 7, true);
    }

    static ConsistencyOptions read(ConfigKeys keys) {
        return new ConsistencyOptions(
                keys.whole("num_train_timesteps", 40),
                keys.number("sigma_min", 0.002),
                keys.number("sigma_max", 80),
                keys.number("sigma_data", 0.5),
                keys.number("s_noise", 1),
                keys.number("rho", 7),
                keys.flag("clip_denoised", true));
    }
}
