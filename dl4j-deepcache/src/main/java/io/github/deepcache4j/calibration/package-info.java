// SPDX-License-Identifier: Apache-2.0
/**
 * Fits a policy to a model: a {@link io.github.deepcache4j.policy.Policy} that seeks its full steps
 * and a way to sample in; a {@link io.github.deepcache4j.calibration.FittedPolicy}, which can be
 * written to a file, out. Next: {@code session} follows it.
 */
@NullMarked
package io.github.deepcache4j.calibration;

import org.jspecify.annotations.NullMarked;
