// SPDX-License-Identifier: Apache-2.0
/**
 * The reference engine: a SameDiff graph in, stock {@code SameDiff.output} behind a {@link
 * io.github.deepcache4j.engine.CompiledGraph} out. Every other engine is measured against it. Next:
 * {@link io.github.deepcache4j.unet}, whose predictions it computes.
 */
@NullMarked
package io.github.deepcache4j.engine.samediff;

import org.jspecify.annotations.NullMarked;
