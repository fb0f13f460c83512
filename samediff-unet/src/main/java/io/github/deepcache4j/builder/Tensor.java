// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.graph.Shape;
import org.nd4j.autodiff.samediff.SDVariable;

/** A variable of the graph that is being built, with the shape that SameDiff does not keep. */
record Tensor(SDVariable variable, Shape shape) {

    Tensor(SDVariable variable, long... shape) {
        this(variable, Shape.of(shape));
    }

    long size(int axis) {
        return shape.size(axis);
    }
}
