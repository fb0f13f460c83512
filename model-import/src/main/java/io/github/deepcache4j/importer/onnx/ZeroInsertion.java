// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Spreads the pixels of images: {@code a b} by 3 becomes {@code a 0 0 b}. */
final class ZeroInsertion {

    private ZeroInsertion() {}

    /** At import. */
    static INDArray between(INDArray images, List<Long> steps) {
        long height = (images.size(2) - 1) * steps.get(0) + 1;
        long width = (images.size(3) - 1) * steps.get(1) + 1;
        INDArray wide =
                Nd4j.create(images.dataType(), images.size(0), images.size(1), height, width);
        wide.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        every(steps.get(0), height),
                        every(steps.get(1), width))
                .assign(images);
        return wide;
    }

    /** ND4J refuses a stride on an axis of size 1. */
    private static INDArrayIndex every(long step, long size) {
        return size == 1 ? NDArrayIndex.all() : NDArrayIndex.interval(0, step, size);
    }

    /** At run time: each pixel becomes a block padded with zeros; the last zeros go. */
    static SDVariable between(Emission e, SDVariable images, List<Long> steps) {
        if (steps.stream().allMatch(step -> step == 1)) {
            return images;
        }
        Shape shape = e.shape(images);
        long height = shape.size(2);
        long width = shape.size(3);
        SDVariable pixels =
                e.reshape(images, Shape.of(shape.size(0), shape.size(1), height, 1, width, 1));
        SDVariable blocks =
                PadOps.withConstant(
                        e,
                        pixels,
                        new long[6],
                        new long[] {0, 0, 0, steps.get(0) - 1, 0, steps.get(1) - 1},
                        0);
        SDVariable wide =
                e.reshape(
                        blocks,
                        Shape.of(
                                shape.size(0),
                                shape.size(1),
                                height * steps.get(0),
                                width * steps.get(1)));
        return PadOps.withConstant(
                e, wide, new long[4], new long[] {0, 0, 1 - steps.get(0), 1 - steps.get(1)}, 0);
    }
}
