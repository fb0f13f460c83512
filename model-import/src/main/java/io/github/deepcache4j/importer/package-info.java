// SPDX-License-Identifier: Apache-2.0
/**
 * Model file in; {@link io.github.deepcache4j.unet.UNet} out, with proof of equal numbers ({@link
 * io.github.deepcache4j.importer.ParityCheck}). Next: {@link io.github.deepcache4j.unet}.
 */
@NullMarked
package io.github.deepcache4j.importer;

import org.jspecify.annotations.NullMarked;
