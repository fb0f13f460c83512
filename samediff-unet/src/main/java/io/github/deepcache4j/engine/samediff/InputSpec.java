// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import io.github.deepcache4j.graph.Shape;
import org.nd4j.linalg.api.buffer.DataType;

/** What a compiled graph expects of one input. */
record InputSpec(DataType type, Shape shape) {

    @Override
    public String toString() {
        return type + " " + shape;
    }
}
