// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the skip connections of a U-Net: {@link io.github.deepcache4j.graph.DataflowGraph} and the
 * names of sample and prediction in; {@link io.github.deepcache4j.anatomy.AnatomyResult} out. Next:
 * {@link io.github.deepcache4j.plan}.
 */
@NullMarked
package io.github.deepcache4j.anatomy;

import org.jspecify.annotations.NullMarked;
