// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import java.util.Arrays;
import java.util.Locale;

/** What the network predicts; diffusers' {@code prediction_type}. */
public enum PredictionType {
    /** the noise in the sample: x = sqrt(alphaBar) x0 + sqrt(1 - alphaBar) epsilon */
    EPSILON,
    /** v = sqrt(alphaBar) epsilon - sqrt(1 - alphaBar) x0 (Salimans and Ho 2022, appendix D) */
    V_PREDICTION,
    /** the clean sample x0 */
    SAMPLE;

    /**
     * Reads diffusers' spelling.
     *
     * @throws IllegalArgumentException for another word
     */
    public static PredictionType parse(String text) {
        return Arrays.stream(values())
                .filter(type -> type.toString().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "prediction_type '"
                                                + text
                                                + "' is unknown; epsilon, v_prediction and sample are supported"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
