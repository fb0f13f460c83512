// SPDX-License-Identifier: Apache-2.0
/**
 * Arrays in files that numpy reads and writes: {@code .npz} in, named arrays out, and back. Used
 * for golden values, recorded noise and the tensors of a run; next: {@link
 * io.github.deepcache4j.diffusion}.
 */
@NullMarked
package io.github.deepcache4j.npz;

import org.jspecify.annotations.NullMarked;
