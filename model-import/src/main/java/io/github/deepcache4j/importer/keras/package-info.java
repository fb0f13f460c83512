// SPDX-License-Identifier: Apache-2.0
/**
 * Keras file in ({@code .keras}, or {@code .h5} of Keras 2 and 3); the model in ONNX operators out,
 * which {@link io.github.deepcache4j.importer.onnx} turns into SameDiff. See docs/decisions/0012.
 */
@NullMarked
package io.github.deepcache4j.importer.keras;

import org.jspecify.annotations.NullMarked;
