// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of an {@code .npz} file, made ready for a network: array {@code images}, of bytes 0 to 255
 * or of numbers in [-1, 1], {@code [count, height, width]}, {@code [count, channels, height,
 * width]} or {@code [count, height, width, channels]}, and for a network with classes {@code
 * labels} {@code [count]}. Smaller images get a border of the lowest value.
 */
final class TrainingImages {

    private static final double MOST_SPREAD = 8;

    private final INDArray images;
    private final @Nullable INDArray labels;

    private TrainingImages(INDArray images, @Nullable INDArray labels) {
        this.images = images;
        this.labels = labels;
    }

    /**
     * Reads a file.
     *
     * @param sample {@code [channels, height, width]} that the network takes
     * @param classes of the network, of which the last means none; empty for a network without
     * @throws UserError if an array is missing, of a wrong shape or type, or holds a wrong value
     */
    static TrainingImages read(Path file, Shape sample, OptionalInt classes) throws IOException {
        Map<String, INDArray> arrays = NpzFile.read(file);
        INDArray images = arrays.get("images");
        if (images == null) {
            throw new UserError(file + ": there is no array 'images'; it holds " + arrays.keySet());
        }
        INDArray values = scaled(file, placed(file, images, sample));
        return new TrainingImages(
                values,
                classes.isPresent()
                        ? labels(file, arrays, values.size(0), classes.getAsInt() - 1)
                        : null);
    }

    /** {@code [count, channels, height, width]} of the network's size, in the file's type. */
    private static INDArray placed(Path file, INDArray images, Shape sample) {
        long channels = sample.size(0);
        INDArray four =
                images.rank() == 3
                        ? images.reshape(images.size(0), 1, images.size(1), images.size(2))
                        : images;
        if (four.rank() == 4 && four.size(1) != channels && four.size(3) == channels) {
            four = four.permute(0, 3, 1, 2);
        }
        boolean fits =
                four.rank() == 4
                        && four.size(0) > 0
                        && four.size(1) == channels
                        && four.size(2) <= sample.size(1)
                        && four.size(3) <= sample.size(2);
        if (!fits) {
            throw new UserError(
                    file
                            + ": array 'images' has shape "
                            + Arrays.toString(images.shape())
                            + "; the network takes [count, "
                            + channels
                            + ", "
                            + sample.size(1)
                            + ", "
                            + sample.size(2)
                            + "] or smaller images");
        }
        return four;
    }

    private static INDArray scaled(Path file, INDArray images) {
        boolean bytes = images.dataType() == DataType.UINT8;
        if (!bytes && !images.dataType().isFPType()) {
            throw new UserError(
                    file
                            + ": array 'images' is "
                            + images.dataType()
                            + "; bytes (uint8) or floating point numbers in [-1, 1] are needed");
        }
        INDArray values = images.castTo(DataType.FLOAT).dup('c');
        if (bytes) {
            return values.divi(127.5).subi(1);
        }
        float[] numbers = values.data().asFloat();
        for (int i = 0; i < numbers.length; i++) {
            if (!(Math.abs(numbers[i]) <= MOST_SPREAD)) {
                throw new UserError(
                        file
                                + ": array 'images' holds the value "
                                + numbers[i]
                                + " in image "
                                + i / (numbers.length / values.size(0))
                                + "; numbers in [-1, 1] are needed");
            }
        }
        return values;
    }

    private static INDArray labels(Path file, Map<String, INDArray> arrays, long count, int known) {
        INDArray labels = arrays.get("labels");
        if (labels == null) {
            throw new UserError(
                    file
                            + ": there is no array 'labels', and the network has classes; it holds "
                            + arrays.keySet());
        }
        if (labels.rank() != 1 || labels.size(0) != count || labels.dataType().isFPType()) {
            throw new UserError(
                    file
                            + ": array 'labels' is "
                            + labels.dataType()
                            + " "
                            + Arrays.toString(labels.shape())
                            + "; whole numbers ["
                            + count
                            + "] are needed");
        }
        long[] classes = labels.castTo(DataType.INT64).toLongVector();
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 0 || classes[i] >= known) {
                throw new UserError(
                        file
                                + ": array 'labels' holds "
                                + classes[i]
                                + " at "
                                + i
                                + "; the network knows the classes 0 to "
                                + (known - 1)
                                + (known > 0 ? " (" + known + " means none)" : ""));
            }
        }
        return Nd4j.createFromArray(classes);
    }

    /** The images with a border, {@code [count, channels, height, width]}. */
    INDArray images(Shape sample) {
        long[] size = {images.size(0), sample.size(0), sample.size(1), sample.size(2)};
        if (Arrays.equals(size, images.shape())) {
            return images;
        }
        float[] from = images.data().asFloat();
        float[] to = new float[Math.toIntExact(Shape.of(size).elements())];
        Arrays.fill(to, -1);
        int height = (int) images.size(2);
        int width = (int) images.size(3);
        int top = ((int) size[2] - height) / 2;
        int left = ((int) size[3] - width) / 2;
        for (int plane = 0; plane < size[0] * size[1]; plane++) {
            for (int y = 0; y < height; y++) {
                int row = (int) ((plane * size[2] + y + top) * size[3]) + left;
                System.arraycopy(from, (plane * height + y) * width, to, row, width);
            }
        }
        return Nd4j.create(to, size, 'c');
    }

    /** {@code [count]}; empty for a network without classes. */
    Optional<INDArray> labels() {
        return Optional.ofNullable(labels);
    }
}
