// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Architecture.Resampling;

/** diffusers' down and up blocks, by their own names. */
enum BlockType {
    DownBlock2D("none"),
    AttnDownBlock2D("pixels"),
    ResnetDownsampleBlock2D("none"),
    CrossAttnDownBlock2D("text"),
    UpBlock2D("none"),
    AttnUpBlock2D("pixels"),
    ResnetUpsampleBlock2D("none"),
    CrossAttnUpBlock2D("text");

    private final String attention;

    BlockType(String attention) {
        this.attention = attention;
    }

    /** none, pixels or text. */
    String attention() {
        return attention;
    }

    boolean isDown() {
        return ordinal() < UpBlock2D.ordinal();
    }

    /** Only the blocks with self-attention heed downsample_type and upsample_type. */
    Resampling resampling(UNetConfig config) {
        boolean resnet =
                switch (this) {
                    case ResnetDownsampleBlock2D, ResnetUpsampleBlock2D -> true;
                    case AttnDownBlock2D -> config.word("downsample_type").equals("resnet");
                    case AttnUpBlock2D -> config.word("upsample_type").equals("resnet");
                    default -> false;
                };
        return resnet ? Resampling.RESNET : Resampling.CONVOLUTION;
    }
}
