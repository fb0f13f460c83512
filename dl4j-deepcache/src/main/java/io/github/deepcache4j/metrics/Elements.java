// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import io.github.deepcache4j.graph.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers of an array in double precision, in c order. */
final class Elements {

    private Elements() {}

    static double[] of(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    /** Clipped to [-1, 1], as an image is when it is saved; NaN stays NaN. */
    static double[] ofImages(INDArray images) {
        // Math, since ND4J's clipping turns NaN into the clip range
        return Arrays.stream(of(images)).map(x -> Math.max(-1, Math.min(1, x))).toArray();
    }

    /**
     * @throws IllegalArgumentException if the shapes differ; names both
     */
    static void requireEqualShapes(String metric, INDArray actual, INDArray reference) {
        if (!Arrays.equals(actual.shape(), reference.shape())) {
            throw new IllegalArgumentException(
                    metric
                            + " compares arrays of one shape, not "
                            + Shape.of(actual.shape())
                            + " with "
                            + Shape.of(reference.shape()));
        }
    }
}
