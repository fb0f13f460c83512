// SPDX-License-Identifier: Apache-2.0
/**
 * Carries a plan out: U-Net and {@link io.github.deepcache4j.plan.CachePlan} in; two graphs on one
 * set of weights ({@link io.github.deepcache4j.rewrite.CacheSplit}) or one graph with a gate
 * ({@link io.github.deepcache4j.rewrite.GatedGraph}) out. Next: {@link
 * io.github.deepcache4j.session} runs them.
 */
@NullMarked
package io.github.deepcache4j.rewrite;

import org.jspecify.annotations.NullMarked;
