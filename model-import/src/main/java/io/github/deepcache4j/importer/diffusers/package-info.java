// SPDX-License-Identifier: Apache-2.0
/**
 * Weights and {@code config.json} as diffusers saves them in; a network that {@link
 * io.github.deepcache4j.builder} builds out.
 */
@NullMarked
package io.github.deepcache4j.importer.diffusers;

import org.jspecify.annotations.NullMarked;
