// SPDX-License-Identifier: Apache-2.0
/**
 * U-Nets written in SameDiff: a configuration with diffusers' field names in, a graph that can be
 * trained or a {@link io.github.deepcache4j.unet.UNet} that samples out. Next: {@code training}
 * trains the one, {@link io.github.deepcache4j.engine} runs the other.
 */
@NullMarked
package io.github.deepcache4j.builder;

import org.jspecify.annotations.NullMarked;
