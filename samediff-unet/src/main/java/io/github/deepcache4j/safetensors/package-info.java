// SPDX-License-Identifier: Apache-2.0
/**
 * The weight files of Hugging Face: a {@code .safetensors} file in, arrays by name out, and back.
 * Next: {@link io.github.deepcache4j.builder} makes a network of them.
 */
@NullMarked
package io.github.deepcache4j.safetensors;

import org.jspecify.annotations.NullMarked;
