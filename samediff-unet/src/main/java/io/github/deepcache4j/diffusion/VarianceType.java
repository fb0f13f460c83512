// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** Variance of the noise that a DDPM step adds (Ho et al. 2020, section 3.2). */
public enum VarianceType {
    /** the posterior variance of a fixed x0: beta (1 - alphaBar_prev) / (1 - alphaBar) */
    FIXED_SMALL,
    /** beta itself */
    FIXED_LARGE,
    /**
     * between the two in the logarithm, by a second half of the network's channels (Nichol and
     * Dhariwal 2021, eq. 15); samplers other than DDPM leave that half aside
     */
    LEARNED_RANGE;

    /** Whether the network's answer has twice the sample's channels. */
    public boolean isLearned() {
        return this == LEARNED_RANGE;
    }
}
