// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of the right shapes with no memory behind them, for counting. A graph on them must not be
 * run.
 */
record HollowWeights() implements Weights {

    @Override
    public INDArray of(Parameter parameter) {
        return hollow(parameter.shape().toArray());
    }

    @Override
    public INDArray derive(
            List<Parameter> sources, Function<List<INDArray>, INDArray> work, long... shape) {
        return hollow(shape);
    }

    private static INDArray hollow(long... shape) {
        INDArray one = Nd4j.createUninitializedDetached(DataType.FLOAT, 1);
        return Nd4j.createArrayFromShapeBuffer(
                one.data(),
                Nd4j.getShapeInfoProvider().createShapeInformation(shape, 'c', DataType.FLOAT));
    }
}
