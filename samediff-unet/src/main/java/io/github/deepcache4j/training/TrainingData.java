// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Batches of images by step, the same for every run that asks. */
@FunctionalInterface
public interface TrainingData {

    /** Name of the condition that holds classes. */
    String CLASS_LABELS = "class_labels";

    /**
     * The batch of a step.
     *
     * @param step from 0
     * @return batches of one size
     */
    ImageBatch batch(long step);

    /**
     * Batches of a DL4J iterator, over and over: its features are the images, its labels the
     * classes, one-hot {@code [batch, classes]} or indices {@code [batch]}; without labels there
     * are no conditions. A batch at the end that is smaller than the first is left out.
     *
     * <p>A run goes on exactly after a checkpoint if the iterator gives the same batches whenever
     * it is reset: the batches before are drawn again and dropped.
     *
     * @throws IllegalArgumentException if the iterator cannot be reset, or is empty
     */
    static TrainingData of(DataSetIterator iterator) {
        return IteratorData.of(iterator);
    }
}
