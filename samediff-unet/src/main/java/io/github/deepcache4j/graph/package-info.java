// SPDX-License-Identifier: Apache-2.0
/**
 * An immutable view of a SameDiff graph: SameDiff, output names and input shapes in; {@link
 * io.github.deepcache4j.graph.DataflowGraph} with types, shapes and multiply-accumulate counts out.
 * Next: {@link io.github.deepcache4j.unet}.
 */
@NullMarked
package io.github.deepcache4j.graph;

import org.jspecify.annotations.NullMarked;
