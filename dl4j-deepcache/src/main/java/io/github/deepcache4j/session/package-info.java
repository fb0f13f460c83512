// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a cached U-Net: U-Net, {@link io.github.deepcache4j.plan.CachePlan}, schedule and engine in;
 * a {@link io.github.deepcache4j.unet.NoisePredictor} with a record of its steps out. Next: {@link
 * io.github.deepcache4j.diffusion} samples with it.
 */
@NullMarked
package io.github.deepcache4j.session;

import org.jspecify.annotations.NullMarked;
