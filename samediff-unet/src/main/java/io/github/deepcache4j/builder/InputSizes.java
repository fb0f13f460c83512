// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.graph.Shape;

/**
 * Sizes that a graph is built for; they are fixed afterwards.
 *
 * @param height of the sample, and {@code width}: multiples of 2 to the number of levels less one
 * @param tokens of the text states; of no meaning to a network without text
 */
public record InputSizes(long batch, long height, long width, long tokens) {

    /** CLIP's text encoders give this many. */
    private static final long CLIP_TOKENS = 77;

    public InputSizes {
        if (Math.min(Math.min(batch, height), Math.min(width, tokens)) < 1) {
            throw new IllegalArgumentException(
                    "sizes must be positive: batch "
                            + batch
                            + ", height "
                            + height
                            + ", width "
                            + width
                            + ", tokens "
                            + tokens);
        }
    }

    /**
     * A batch of images of the configuration's sample_size, with 77 tokens.
     *
     * @throws IllegalArgumentException if the configuration has no sample_size
     */
    public static InputSizes of(UNetConfig config, long batch) {
        Shape size =
                config.sampleSize()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "sample_size is null; give height and width"));
        return new InputSizes(batch, size.size(0), size.size(1), CLIP_TOKENS);
    }

    /** The same for another number of images in a call. */
    public InputSizes withBatch(long other) {
        return new InputSizes(other, height, width, tokens);
    }

    /** Checks that every level halves both axes. */
    void requireFit(UNetConfig config) {
        long step = 1L << (config.architecture().down().size() - 1);
        if (height % step != 0 || width % step != 0) {
            throw new IllegalArgumentException(
                    "a sample of "
                            + height
                            + " x "
                            + width
                            + " cannot be halved at each of "
                            + config.architecture().down().size()
                            + " levels; take multiples of "
                            + step);
        }
    }
}
