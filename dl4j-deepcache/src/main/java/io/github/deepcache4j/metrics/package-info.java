// SPDX-License-Identifier: Apache-2.0
/**
 * How far two results are apart: arrays in, numbers out. Next: {@link
 * io.github.deepcache4j.report}, which shows them.
 */
@NullMarked
package io.github.deepcache4j.metrics;

import org.jspecify.annotations.NullMarked;
