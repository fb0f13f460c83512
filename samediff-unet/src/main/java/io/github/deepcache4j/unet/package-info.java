// SPDX-License-Identifier: Apache-2.0
/**
 * What a diffusion U-Net is: a SameDiff graph and the roles of its inputs in; {@link
 * io.github.deepcache4j.unet.UNet} and the {@link io.github.deepcache4j.unet.NoisePredictor} view
 * of it out. Next: {@link io.github.deepcache4j.engine} runs it, {@link
 * io.github.deepcache4j.diffusion} samples with it.
 */
@NullMarked
package io.github.deepcache4j.unet;

import org.jspecify.annotations.NullMarked;
