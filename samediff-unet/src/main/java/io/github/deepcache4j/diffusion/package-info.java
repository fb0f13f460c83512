// SPDX-License-Identifier: Apache-2.0
/**
 * Samples with a network: noise, schedule, sampler and {@link
 * io.github.deepcache4j.unet.NoisePredictor} in; images (or latents) out. A sampler never knows
 * whether its network caches.
 */
@NullMarked
package io.github.deepcache4j.diffusion;

import org.jspecify.annotations.NullMarked;
