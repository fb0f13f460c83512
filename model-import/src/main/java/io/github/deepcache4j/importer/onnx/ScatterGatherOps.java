// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdUpdate;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operators that address single elements or blocks by a tuple of indices. Each address becomes one
 * number, the place in the flattened tensor; so all of them are one gather, or one scatter of rows.
 */
final class ScatterGatherOps {

    private ScatterGatherOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "GatherElements", ScatterGatherOps::gatherElements,
                "GatherND", ScatterGatherOps::gatherBlocks,
                "ScatterElements", ScatterGatherOps::scatterElements,
                "Scatter", ScatterGatherOps::scatterElements,
                "ScatterND", ScatterGatherOps::scatterBlocks);
    }

    private static List<SDVariable> gatherElements(Emission e) {
        SDVariable flat = e.reshape(e.in(0), Shape.of(e.shape(0).elements()));
        return List.of(Indices.gather(e, flat, elementPlaces(e), 0));
    }

    /** Where the elements are that each index addresses, its own place giving the other axes. */
    private static SDVariable elementPlaces(Emission e) {
        Shape data = e.shape(0);
        Shape shape = e.shape(1);
        int axis = e.axis("axis", 0, data.rank());
        long[] strides = strides(data);
        long[] flat = new long[Math.toIntExact(shape.elements())];
        for (int i = 0; i < flat.length; i++) {
            long rest = i;
            for (int a = shape.rank() - 1; a >= 0; a--) {
                flat[i] += a == axis ? 0 : rest % shape.size(a) * strides[a];
                rest /= shape.size(a);
            }
        }
        INDArray base = Nd4j.createFromArray(flat).reshape(shape.toArray());
        SDVariable along = Indices.ofAxis(e, 1, data.size(axis)).castTo(DataType.LONG);
        return along.mul(strides[axis]).add(e.newConstant("base", base));
    }

    private static long[] strides(Shape shape) {
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.size(axis);
        }
        return strides;
    }

    private static List<SDVariable> gatherBlocks(Emission e) {
        int batchAxes = Math.toIntExact(e.integer("batch_dims", 0));
        Shape data = e.shape(0);
        Shape indices = e.shape(1);
        int depth = Math.toIntExact(indices.size(-1));
        Shape block = new Shape(data.sizes().subList(batchAxes + depth, data.rank()));
        Shape batch = new Shape(data.sizes().subList(0, batchAxes));
        SDVariable places = blockPlaces(e, batch, depth);
        SDVariable rows = e.reshape(e.in(0), rows(data, block));
        SDVariable picked = Indices.gather(e, rows, places, 0);
        List<Long> result = new ArrayList<>(indices.sizes().subList(0, indices.rank() - 1));
        result.addAll(block.sizes());
        return List.of(e.reshape(picked, new Shape(result)));
    }

    private static Shape rows(Shape data, Shape block) {
        return Shape.of(data.elements() / block.elements(), block.elements());
    }

    /** The rows that the tuples along the last axis of the indices address, as a vector. */
    private static SDVariable blockPlaces(Emission e, Shape batch, int depth) {
        Shape data = e.shape(0);
        Shape indices = e.shape(1);
        long tuples = indices.elements() / depth;
        long[] sizes = data.toArray();
        INDArray weights = Nd4j.create(DataType.LONG, 1, depth);
        INDArray limits = Nd4j.create(DataType.LONG, 1, depth);
        long weight = 1;
        for (int i = depth - 1; i >= 0; i--) {
            weights.putScalar(0, i, weight);
            limits.putScalar(0, i, sizes[batch.rank() + i]);
            weight *= sizes[batch.rank() + i];
        }
        SDVariable given = e.reshape(e.in(1), Shape.of(tuples, depth)).castTo(DataType.LONG);
        SDVariable negative = given.lt(e.scalar(DataType.LONG, 0)).castTo(DataType.LONG);
        SDVariable counted = given.add(negative.mul(e.newConstant("sizes", limits)));
        SDVariable weighted = counted.mul(e.newConstant("strides", weights));
        SDVariable places = AxisReduction.reduce(e, weighted, SDVariable::sum, false, 1);
        return batch.rank() == 0 ? places : places.add(batchStarts(e, batch, tuples, weight));
    }

    /** The first row of the batch that each tuple belongs to. */
    private static SDVariable batchStarts(Emission e, Shape batch, long tuples, long rows) {
        long each = tuples / batch.elements();
        long[] starts = new long[Math.toIntExact(tuples)];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i / each * rows;
        }
        return e.newConstant("starts", Nd4j.createFromArray(starts));
    }

    private static List<SDVariable> scatterBlocks(Emission e) {
        Shape data = e.shape(0);
        int depth = Math.toIntExact(e.shape(1).size(-1));
        Shape block = new Shape(data.sizes().subList(depth, data.rank()));
        SDVariable places = blockPlaces(e, Shape.of(), depth);
        SDVariable rows = e.reshape(e.in(0), rows(data, block));
        SDVariable updates = e.reshape(e.in(2), rows(e.shape(2), block));
        return List.of(e.reshape(scatter(e, rows, places, updates), data));
    }

    private static List<SDVariable> scatterElements(Emission e) {
        long updates = e.shape(1).elements();
        SDVariable places = e.reshape(elementPlaces(e), Shape.of(updates));
        SDVariable rows = e.reshape(e.in(0), Shape.of(e.shape(0).elements(), 1));
        SDVariable values = e.reshape(e.in(2), Shape.of(updates, 1));
        return List.of(e.reshape(scatter(e, rows, places, values), e.shape(0)));
    }

    private static SDVariable scatter(
            Emission e, SDVariable rows, SDVariable places, SDVariable updates) {
        String reduction = e.text("reduction", "none");
        return switch (reduction) {
            // not scatterUpdate, which M2.1 calls without its arguments
            case "none" ->
                    new ScatterNdUpdate(e.sameDiff(), rows, tuples(e, places), updates)
                            .outputVariable();
            case "add" -> e.sameDiff().scatterAdd(rows, places, updates);
            case "mul" -> e.sameDiff().scatterMul(rows, places, updates);
            case "max" -> e.sameDiff().scatterMax(rows, places, updates);
            case "min" -> e.sameDiff().scatterMin(rows, places, updates);
            default -> throw e.refuse("attribute reduction=" + reduction + " is not supported");
        };
    }

    private static SDVariable tuples(Emission e, SDVariable places) {
        return e.reshape(places, Shape.of(e.shape(places).elements(), 1));
    }
}
