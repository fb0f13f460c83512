// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

/** Number format of weights and activations inside an engine; inputs and outputs are always f32. */
public enum Precision {
    F32,
    BF16
}
