// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.policy.Policy;
import java.util.Optional;

/**
 * A policy that calibration has made ready to run: its full steps are listed, its weights and its
 * corrections are there.
 *
 * @param policy what a session follows
 * @param asked the tag of what was to be calibrated; where a speed-up was, the best plain DeepCache
 *     that reaches it
 * @param corrections of the forecasts, for policies with {@code affine}
 * @param meanSquare mean squared error of the final calibration samples against the uncached ones
 * @param plainMeanSquare the same of plain DeepCache with as many full steps
 */
public record FittedPolicy(
        Policy policy,
        String asked,
        Optional<CorrectionTable> corrections,
        double meanSquare,
        double plainMeanSquare) {}
