// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Indices into an axis: ONNX counts negative ones from the end, ND4J reads beyond the array. */
final class Indices {

    private Indices() {}

    /** Known indices. */
    static SDVariable constant(Emission e, String role, List<Long> indices) {
        long[] array = indices.stream().mapToLong(Long::longValue).toArray();
        return e.newConstant(role, Nd4j.createFromArray(array));
    }

    /**
     * An operand whose contents are indices into an axis, none of them negative.
     *
     * @throws io.github.deepcache4j.importer.ImportException if a known one is outside
     */
    static SDVariable ofAxis(Emission e, int operand, long size) {
        e.requireType(operand, DataType.LONG, DataType.INT);
        if (e.constant(operand).isPresent()) {
            return e.derived(operand, "of" + size, given -> fromStart(e, given, size));
        }
        SDVariable given = e.in(operand);
        SDVariable negative = given.lt(e.scalar(e.type(operand), 0));
        return given.add(negative.castTo(e.type(operand)).mul(size));
    }

    private static INDArray fromStart(Emission e, INDArray indices, long size) {
        INDArray counted = indices.castTo(DataType.LONG).dup();
        for (long i = 0; i < counted.length(); i++) {
            long index = counted.getLong(i);
            if (index < -size || index >= size) {
                throw e.refuse("index " + index + " is outside an axis of size " + size);
            }
            counted.putScalar(i, index < 0 ? index + size : index);
        }
        return counted;
    }

    /**
     * Picks along an axis; an index beyond its end is an error at run time, not a wild read.
     *
     * <p>ND4J ends the process where the indices for a vector are no vector: they are made one.
     */
    static SDVariable gather(Emission e, SDVariable x, SDVariable indices, int axis) {
        Shape shape = e.shape(indices);
        boolean table = e.shape(x).rank() == 1 && shape.rank() > 1;
        SDVariable picks = table ? e.reshape(indices, Shape.of(shape.elements())) : indices;
        SDVariable picked = e.sameDiff().gather(x, picks, axis);
        if (!indices.isConstant()) {
            ((DynamicCustomOp) e.sameDiff().getVariableOutputOp(picked.name())).addBArgument(true);
        }
        return table ? e.reshape(picked, shape) : picked;
    }
}
