// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** Variance of the noise that a DDPM step adds (Ho et al. 2020, section 3.2). */
public enum VarianceType {
    /** the posterior variance of a fixed x0: beta (1 - alphaBar_prev) / (1 - alphaBar) */
    FIXED_SMALL,
    /** beta itself */
    FIXED_LARGE
}
