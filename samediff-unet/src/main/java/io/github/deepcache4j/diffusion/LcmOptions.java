// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * What a latent consistency model was distilled with.
 *
 * @param originalSteps steps of the solver that it was distilled from; diffusers' {@code
 *     original_inference_steps}
 * @param timestepScaling factor of the timestep in the boundary condition; {@code timestep_scaling}
 */
public record LcmOptions(int originalSteps, double timestepScaling) {

    public LcmOptions {
        if (originalSteps < 1 || !(timestepScaling > 0)) {
            throw new IllegalArgumentException(
                    "original_inference_steps "
                            + originalSteps
                            + " and timestep_scaling "
                            + timestepScaling
                            + " are not both positive");
        }
    }

    public static LcmOptions defaults() {
        return new LcmOptions(50, 10);
    }

    static LcmOptions read(ConfigKeys keys) {
        return new LcmOptions(
                keys.whole("original_inference_steps", 50), keys.number("timestep_scaling", 10));
    }
}
