// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.graph.Shape;

/**
 * A parameter of a network, as PyTorch has it.
 *
 * @param name in diffusers' state dict, as {@code down_blocks.0.resnets.1.conv1.weight}
 * @param initial how PyTorch draws it
 * @param fanIn inputs of one output, for {@link Initial#UNIFORM}
 */
record Parameter(String name, Shape shape, Initial initial, long fanIn) {

    /** Distributions of PyTorch's {@code reset_parameters}. */
    enum Initial {
        /** Within 1 / sqrt(fan in), weights and biases of Conv2d and Linear. */
        UNIFORM,
        /** Standard normal, Embedding. */
        NORMAL,
        /** Scales of norms. */
        ONE,
        /** Shifts of norms. */
        ZERO
    }
}
