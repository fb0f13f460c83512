// SPDX-License-Identifier: Apache-2.0
/**
 * Decides which steps run in full: step index in; full or cached out. Next: {@code session} follows
 * it.
 */
@NullMarked
package io.github.deepcache4j.schedule;

import org.jspecify.annotations.NullMarked;
