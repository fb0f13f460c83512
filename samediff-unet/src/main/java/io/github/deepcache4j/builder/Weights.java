// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a builder gets the values of its parameters from. */
interface Weights {

    /** An array of the parameter's shape, in order c. */
    INDArray of(Parameter parameter);

    /**
     * An array made from those of some parameters.
     *
     * @param shape of the result
     */
    default INDArray derive(
            List<Parameter> sources, Function<List<INDArray>, INDArray> work, long... shape) {
        return work.apply(sources.stream().map(this::of).toList()).reshape('c', shape);
    }
}
