// SPDX-License-Identifier: Apache-2.0
/**
 * Prepares a graph of fixed shapes for engines: a SameDiff graph and its outputs in; a {@link
 * io.github.deepcache4j.engine.lowering.Program} out, an ordered list of steps on views of a few
 * shared buffers. Next: {@link io.github.deepcache4j.engine.runtime} runs programs.
 */
@NullMarked
package io.github.deepcache4j.engine.lowering;

import org.jspecify.annotations.NullMarked;
