// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;

/**
 * What a network in the preconditioning of Karras et al. 2022 was trained with, and the levels it
 * is sampled at.
 *
 * @param smallest lowest noise level; diffusers' {@code sigma_min}
 * @param largest highest; {@code sigma_max}
 * @param data deviation of the data; {@code sigma_data}
 * @param rho exponent of the levels' spacing (eq. 5)
 * @param exponential whether the levels have equal steps in log sigma instead; {@code
 *     sigma_schedule}
 * @param endsAtZero whether the last step removes all noise; {@code final_sigmas_type}
 * @param predictionType epsilon, or v_prediction, which turns the sign of the network's answer
 */
public record EdmEulerOptions(
        double smallest,
        double largest,
        double data,
        double rho,
        boolean exponential,
        boolean endsAtZero,
        PredictionType predictionType) {

    public EdmEulerOptions {
        SamplerKind.EDM_EULER.refuse(predictionType, PredictionType.SAMPLE);
        if (!(smallest > 0 && largest > smallest && data > 0 && rho > 0)) {
            throw new IllegalArgumentException(
                    "sigma_min "
                            + smallest
                            + ", sigma_max "
                            + largest
                            + ", sigma_data "
                            + data
                            + " and rho "
                            + rho
                            + " must be positive, and sigma_max the larger");
        }
    }

    public static EdmEulerOptions defaults() {
        return new EdmEulerOptions(0.002, 80, 0.5, 7, false, true, PredictionType.EPSILON);
    }

    static EdmEulerOptions read(ConfigKeys keys) {
        return new EdmEulerOptions(
                keys.number("sigma_min", 0.002),
                keys.number("sigma_max", 80),
                keys.number("sigma_data", 0.5),
                keys.number("rho", 7),
                keys.word("sigma_schedule", "karras", "exponential").equals("exponential"),
                keys.word("final_sigmas_type", "zero", "sigma_min").equals("zero"),
                keys.oneOf("prediction_type", PredictionType.EPSILON));
    }
}
