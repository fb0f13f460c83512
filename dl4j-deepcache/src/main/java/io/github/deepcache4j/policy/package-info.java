// SPDX-License-Identifier: Apache-2.0
/**
 * Describes how a run is cached: a tag or a file in; a {@link io.github.deepcache4j.policy.Policy}
 * out. Next: {@code session} follows it.
 */
@NullMarked
package io.github.deepcache4j.policy;

import org.jspecify.annotations.NullMarked;
