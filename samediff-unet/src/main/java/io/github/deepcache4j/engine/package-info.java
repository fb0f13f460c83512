// SPDX-License-Identifier: Apache-2.0
/**
 * Runs graphs: SameDiff, outputs and shapes in; {@link io.github.deepcache4j.engine.CompiledGraph}
 * out. Next: {@link io.github.deepcache4j.engine.samediff}, the reference engine.
 */
@NullMarked
package io.github.deepcache4j.engine;

import org.jspecify.annotations.NullMarked;
