// SPDX-License-Identifier: Apache-2.0
/**
 * Decides where a U-Net is cut: anatomy and a wish (a branch, or a share of MACs) in; {@link
 * io.github.deepcache4j.plan.PlanResult} out. Next: {@code rewrite} carries it out.
 */
@NullMarked
package io.github.deepcache4j.plan;

import org.jspecify.annotations.NullMarked;
