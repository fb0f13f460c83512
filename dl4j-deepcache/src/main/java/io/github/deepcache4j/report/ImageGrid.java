// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.graph.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch of samples as one picture, side by side in rows.
 *
 * <p>One channel is grey, three are red, green and blue, in [-1, 1]. Of other numbers of channels
 * (latents) the first three, or the first, are stretched over the range from black to white. Small
 * images are enlarged by a whole factor.
 */
public final class ImageGrid {

    private static final int SMALLEST_SIDE = 96;
    private static final int GAP = 2;

    private ImageGrid() {}

    /** Whether samples of this shape are pictures rather than latents. */
    public static boolean isImage(Shape sample) {
        return sample.rank() == 4 && List.of(1L, 3L).contains(sample.size(channelAxis(sample)));
    }

    /**
     * Where the channels are: behind the batch, or last as in Keras. Images are square, or have
     * fewer channels than rows and columns.
     */
    public static int channelAxis(Shape sample) {
        if (sample.rank() != 4) {
            return 1;
        }
        boolean squareBehind = sample.size(2) == sample.size(3);
        boolean squareBefore = sample.size(1) == sample.size(2);
        if (squareBehind != squareBefore) {
            return squareBehind ? 1 : 3;
        }
        return sample.size(3) < sample.size(1) ? 3 : 1;
    }

    /** The grid as the bytes of a PNG file; see {@link #image}. */
    public static byte[] png(INDArray samples, int columns) {
        return png(image(samples, columns));
    }

    static byte[] png(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Draws a grid.
     *
     * @param given {@code [batch, channels, height, width]} or {@code [batch, height, width,
     *     channels]}
     * @param columns images in a row
     * @throws IllegalArgumentException if the samples have another rank
     */
    public static BufferedImage image(INDArray given, int columns) {
        if (given.rank() != 4) {
            throw new IllegalArgumentException(
                    "samples of shape "
                            + Shape.of(given.shape())
                            + " cannot be drawn, only images [batch, channels, height, width]");
        }
        INDArray samples = channelsFirst(given);
        int side = (int) Math.max(samples.size(2), samples.size(3));
        return draw(samples, columns, Math.max(1, SMALLEST_SIDE / side), GAP);
    }

    /** {@code [batch, channels, height, width]}, whichever of the two layouts is given. */
    static INDArray channelsFirst(INDArray samples) {
        return channelAxis(Shape.of(samples.shape())) == 3 ? samples.permute(0, 3, 1, 2) : samples;
    }

    /** A grid of images with {@code gap} pixels between, each pixel of theirs {@code zoom} wide. */
    static BufferedImage draw(INDArray samples, int columns, int zoom, int gap) {
        int count = (int) samples.size(0);
        int height = (int) samples.size(2);
        int width = (int) samples.size(3);
        int rows = (count + columns - 1) / columns;
        BufferedImage picture =
                new BufferedImage(
                        columns * (width * zoom + gap) - gap,
                        rows * (height * zoom + gap) - gap,
                        BufferedImage.TYPE_INT_RGB);
        float[] values = samples.dup('c').data().asFloat();
        double[] range = range(samples, values);
        int size = Math.toIntExact(samples.length() / count);
        int plane = height * width;
        int second = samples.size(1) >= 3 ? plane : 0;
        for (int image = 0; image < count; image++) {
            int left = image % columns * (width * zoom + gap);
            int top = image / columns * (height * zoom + gap);
            for (int y = 0; y < height * zoom; y++) {
                for (int x = 0; x < width * zoom; x++) {
                    int at = image * size + y / zoom * width + x / zoom;
                    int red = level(values[at], range);
                    int green = level(values[at + second], range);
                    int blue = level(values[at + 2 * second], range);
                    picture.setRGB(left + x, top + y, red << 16 | green << 8 | blue);
                }
            }
        }
        return picture;
    }

    /** Columns that make a grid of about equal sides. */
    public static int columns(int count) {
        return (int) Math.ceil(Math.sqrt(count));
    }

    private static double[] range(INDArray samples, float[] values) {
        if (isImage(Shape.of(samples.shape()))) {
            return new double[] {-1, 1};
        }
        double low = Double.MAX_VALUE;
        double high = -Double.MAX_VALUE;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new double[] {low, high > low ? high : low + 1};
    }

    private static int level(float value, double[] range) {
        double share = (value - range[0]) / (range[1] - range[0]);
        return (int) Math.round(255 * Math.max(0, Math.min(1, share)));
    }
}
