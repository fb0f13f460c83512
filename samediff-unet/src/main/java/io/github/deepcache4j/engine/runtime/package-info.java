// SPDX-License-Identifier: Apache-2.0
/**
 * Runs programs: a {@link io.github.deepcache4j.engine.lowering.Program} and a {@link
 * io.github.deepcache4j.engine.runtime.Backend} in; a compiled graph with its own buffers out.
 * Next: {@link io.github.deepcache4j.engine.nd4j}, the backend that runs everywhere.
 */
@NullMarked
package io.github.deepcache4j.engine.runtime;

import org.jspecify.annotations.NullMarked;
