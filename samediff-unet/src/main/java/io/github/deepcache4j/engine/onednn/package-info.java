// SPDX-License-Identifier: Apache-2.0
/**
 * The engine for x86-64 processors: programs in, oneDNN primitives on the same buffers out (oneDNN
 * 3.8, its C interface; developer guide at https://uxlfoundation.github.io/oneDNN/). What has no
 * primitive falls back to {@link io.github.deepcache4j.engine.nd4j}.
 */
@NullMarked
package io.github.deepcache4j.engine.onednn;

import org.jspecify.annotations.NullMarked;
