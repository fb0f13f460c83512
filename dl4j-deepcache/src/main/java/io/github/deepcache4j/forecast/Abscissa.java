// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

/** What forecasts take for the time of a step. */
public enum Abscissa {
    /** the step index: steps of equal length */
    STEP,
    /** half the logarithm of the signal-to-noise ratio at the step's timestep, λ */
    LOG_SNR
}
