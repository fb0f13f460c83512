// SPDX-License-Identifier: Apache-2.0
/**
 * Trains diffusion U-Nets: a {@link io.github.deepcache4j.builder.TrainableUNet} and images in,
 * trained weights and their moving average out. Next: {@link io.github.deepcache4j.diffusion}
 * samples with them.
 */
@NullMarked
package io.github.deepcache4j.training;

import org.jspecify.annotations.NullMarked;
