// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Step;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Sizes of a 3x3 convolution in tiles of 2x2 results. The image with its border of zeros is kept as
 * four planes, one for each parity of row and column, odd before even, and is worked on in bands of
 * tile rows that stay in the processor's caches.
 *
 * @param rows of tiles
 * @param columns of tiles; rows in memory are one longer, for the border
 * @param in channels
 * @param out channels
 * @param band rows of tiles that are computed together
 */
record WinogradShape(long rows, long columns, long in, long out, long band) {

    /**
     * Smaller images gain less for the same memory: weights have 16 numbers here instead of 9, and
     * at 8x8 pixels and below loading them takes longer than the multiplications.
     */
    private static final long LEAST_PIXELS = 1024;

    /** With fewer, the transforms take longer than the multiplications that they save. */
    private static final long LEAST_CHANNELS = 96;

    /** Matrices of fewer rows do not fill the kernels of a product. */
    private static final long LEAST_TILES = 64;

    static boolean fits(Step.Convolution step) {
        Layout image = step.output().layout();
        List<Long> ones = List.of(1L, 1L);
        return step.input().type() == DataType.FLOAT
                && step.weights().type() == DataType.FLOAT
                && step.weights().layout().size(2) == 3
                && step.weights().layout().size(3) == 3
                && step.strides().equals(ones)
                && step.before().equals(ones)
                && step.after().equals(ones)
                && image.size(2) % 2 == 0
                && image.size(3) % 2 == 0
                && image.size(2) * image.size(3) >= LEAST_PIXELS
                && Math.min(image.size(1), step.input().layout().size(1)) >= LEAST_CHANNELS;
    }

    static WinogradShape of(Step.Convolution step) {
        Layout image = step.output().layout();
        long rows = image.size(2) / 2;
        long columns = image.size(3) / 2;
        long band =
                LongStream.rangeClosed(1, rows)
                        .filter(size -> rows % size == 0 && size * (columns + 1) >= LEAST_TILES)
                        .findFirst()
                        .orElse(rows);
        return new WinogradShape(rows, columns, step.input().layout().size(1), image.size(1), band);
    }

    /** Elements of one row of tiles of an input plane. */
    long inRow() {
        return (columns + 1) * in;
    }

    /** Elements of one plane of the image. */
    long plane() {
        return (rows + 1) * inRow();
    }

    /** Elements from the planes of odd columns to those of even ones. */
    long planePair() {
        return 2 * (plane() + inRow());
    }

    /** Elements of one of 4 or 16 transforms of a band's input, with a row for the border. */
    long inBand() {
        return (band + 1) * inRow();
    }

    /** Places of a band that are multiplied, one behind each row without a meaning. */
    long places() {
        return band * (columns + 1);
    }

    /** Elements of one of 16 products of a band. */
    long outBand() {
        return places() * out;
    }
}
