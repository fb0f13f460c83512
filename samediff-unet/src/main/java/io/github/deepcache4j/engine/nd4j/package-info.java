// SPDX-License-Identifier: Apache-2.0
/**
 * The engine that runs wherever ND4J does, CUDA included: programs in, ND4J operations with
 * prepared contexts out. Next: {@link io.github.deepcache4j.engine.onednn}, which uses it for what
 * it cannot do itself.
 */
@NullMarked
package io.github.deepcache4j.engine.nd4j;

import org.jspecify.annotations.NullMarked;
