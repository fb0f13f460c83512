// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

/** Functions of one element. */
public enum Activation {
    /** x sigmoid(x) */
    SILU,
    /** x (1 + erf(x / sqrt 2)) / 2 */
    GELU,
    SIGMOID,
    TANH,
    RELU
}
