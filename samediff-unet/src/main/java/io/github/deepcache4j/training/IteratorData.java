// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Batches of a DL4J iterator by step. */
final class IteratorData implements TrainingData {

    private final DataSetIterator iterator;
    private final long size;
    private long next;

    private IteratorData(DataSetIterator iterator, long size) {
        this.iterator = iterator;
        this.size = size;
    }

    static IteratorData of(DataSetIterator iterator) {
        if (!iterator.resetSupported()) {
            throw new IllegalArgumentException(
                    "the data set iterator cannot be reset, so it cannot be trained on for more"
                            + " than one epoch nor go on after a checkpoint");
        }
        iterator.reset();
        if (!iterator.hasNext()) {
            throw new IllegalArgumentException("the data set iterator is empty");
        }
        long size = iterator.next().getFeatures().size(0);
        iterator.reset();
        return new IteratorData(iterator, size);
    }

    @Override
    public ImageBatch batch(long step) {
        if (step < next) {
            iterator.reset();
            next = 0;
        }
        while (next < step) {
            draw();
        }
        DataSet batch = draw();
        @Nullable INDArray labels = batch.getLabels();
        return new ImageBatch(
                batch.getFeatures().castTo(DataType.FLOAT),
                labels == null || labels.isEmpty()
                        ? Map.of()
                        : Map.of(CLASS_LABELS, classes(labels)));
    }

    private DataSet draw() {
        for (int resets = 0; resets < 2; ) {
            if (!iterator.hasNext()) {
                iterator.reset();
                resets++;
                continue;
            }
            DataSet batch = iterator.next();
            if (batch.getFeatures().size(0) == size) {
                next++;
                return batch;
            }
        }
        throw new IllegalStateException(
                "the data set iterator gives no batch of " + size + " images any more");
    }

    private static INDArray classes(INDArray labels) {
        boolean indices = labels.rank() == 1 || (labels.rank() == 2 && labels.size(1) == 1);
        INDArray classes = indices ? labels.reshape(labels.size(0)) : labels.argMax(1);
        return classes.castTo(DataType.INT64);
    }
}
