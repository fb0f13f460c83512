// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images in memory, with a class each or none, drawn in a new random order in every epoch; images
 * that do not fill a batch at the end of an epoch are left out of it.
 */
public final class ImageData implements TrainingData {

    private final float[] images;
    private final long[] shape;
    private final long @Nullable [] labels;
    private final int batch;
    private final long seed;
    private int @Nullable [] order;
    private long epoch = -1;

    private ImageData(
            float[] images, long[] shape, long @Nullable [] labels, int batch, long seed) {
        this.images = images;
        this.shape = shape;
        this.labels = labels;
        this.batch = batch;
        this.seed = seed;
    }

    /**
     * Images to train on; the arrays are copied.
     *
     * @param images {@code [count, channels, height, width]}
     * @param labels class of each image {@code [count]}, or none
     * @param batch images in a step
     * @param seed of the order
     * @throws IllegalArgumentException if there are fewer images than a batch takes, a value is not
     *     finite, or the labels do not fit
     */
    public static ImageData of(INDArray images, @Nullable INDArray labels, int batch, long seed) {
        long count = images.size(0);
        if (images.rank() != 4 || batch < 1 || count < batch) {
            throw new IllegalArgumentException(
                    "images of shape "
                            + Arrays.toString(images.shape())
                            + " do not make batches of "
                            + batch
                            + "; [count, channels, height, width] with at least one batch is needed");
        }
        if (labels != null && (labels.rank() != 1 || labels.size(0) != count)) {
            throw new IllegalArgumentException(
                    "labels of shape "
                            + Arrays.toString(labels.shape())
                            + " are not one for each of "
                            + count
                            + " images");
        }
        float[] values = images.dup('c').data().asFloat();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "image " + i / (values.length / count) + " holds the value " + values[i]);
            }
        }
        return new ImageData(
                values,
                images.shape().clone(),
                labels == null ? null : labels.toLongVector(),
                batch,
                seed);
    }

    /** Images in all. */
    public long count() {
        return shape[0];
    }

    @Override
    public ImageBatch batch(long step) {
        long perEpoch = shape[0] / batch;
        int[] current = order(step / perEpoch);
        int first = Math.toIntExact(step % perEpoch) * batch;
        int size = images.length / Math.toIntExact(shape[0]);
        float[] values = new float[batch * size];
        long[] classes = new long[batch];
        for (int i = 0; i < batch; i++) {
            int image = current[first + i];
            System.arraycopy(images, image * size, values, i * size, size);
            classes[i] = labels == null ? 0 : labels[image];
        }
        long[] batchShape = shape.clone();
        batchShape[0] = batch;
        return new ImageBatch(
                Nd4j.create(values, batchShape, 'c'),
                labels == null ? Map.of() : Map.of(CLASS_LABELS, Nd4j.createFromArray(classes)));
    }

    /** Fisher and Yates, from the epoch's number. */
    private int[] order(long wanted) {
        if (order == null || epoch != wanted) {
            int[] shuffled = new int[Math.toIntExact(shape[0])];
            Arrays.setAll(shuffled, i -> i);
            Random random = StepRandom.of(seed, wanted, StepRandom.Use.ORDER);
            for (int i = shuffled.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = shuffled[i];
                shuffled[i] = shuffled[j];
                shuffled[j] = swapped;
            }
            order = shuffled;
            epoch = wanted;
        }
        return order;
    }
}
