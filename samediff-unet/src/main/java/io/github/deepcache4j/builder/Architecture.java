// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration means: the blocks in the order in which an image passes them.
 *
 * @param base channels behind the first convolution, and length of the sinusoidal time embedding
 * @param timeWidth length of the time embedding that the blocks see
 * @param middle none if the deepest level leads straight into the up blocks
 * @param groups of every group norm but those of {@code middle}'s attention
 * @param scaleShift the time embedding scales and shifts the second norm of a resnet block, instead
 *     of being added before it
 * @param classes what class labels are made into
 * @param addition widths of SDXL's added conditions; none otherwise
 */
record Architecture(
        long base,
        long timeWidth,
        List<Level> down,
        @Nullable Middle middle,
        List<Level> up,
        long groups,
        double epsilon,
        boolean scaleShift,
        boolean padsBehind,
        boolean linearProjection,
        ClassLabels classes,
        OptionalInt crossAttentionWidth,
        @Nullable Addition addition) {

    /** How a block changes the resolution when it is done. */
    enum Resampling {
        NONE,
        CONVOLUTION,
        RESNET
    }

    /** What follows each resnet block. */
    sealed interface Attention {}

    /** Nothing. */
    record NoAttention() implements Attention {}

    /** Self-attention between pixels; {@code groups} 0 is without norm. */
    record PixelAttention(long heads, long groups) implements Attention {}

    /** Transformer blocks that look at the pixels and at the text. */
    record TextAttention(long heads, int depth) implements Attention {}

    /** A down or up block. */
    record Level(long channels, int resnets, Attention attention, Resampling resampling) {}

    /** A resnet block, and {@code pairs} times an attention and a resnet block. */
    record Middle(Attention attention, int pairs) {}

    /** What class labels are made into. */
    enum ClassLabels {
        NONE,
        TABLE,
        TIMESTEP
    }

    /** SDXL: {@code ids} numbers, each embedded in {@code idWidth}, beside a text embedding. */
    record Addition(int ids, int idWidth, int textWidth) {}

    static Architecture of(UNetClass kind, UNetConfig config) {
        List<String> downTypes = config.words("down_block_types");
        int levels = downTypes.size();
        List<Integer> channels = config.wholes("block_out_channels", levels);
        List<Level> down = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            down.add(level(config, downTypes.get(i), i, i == levels - 1, 0));
        }
        List<Level> up = new ArrayList<>();
        List<String> upTypes = config.words("up_block_types");
        for (int i = 0; i < levels; i++) {
            up.add(level(config, upTypes.get(i), levels - 1 - i, i == levels - 1, 1));
        }
        boolean text =
                kind == UNetClass.UNET_2D_CONDITION
                        && (hasText(down) || hasText(up) || isTextMiddle(config));
        return new Architecture(
                channels.get(0),
                config.optionalWhole("time_embedding_dim").orElse(4 * channels.get(0)),
                List.copyOf(down),
                middle(kind, config, levels),
                List.copyOf(up),
                config.whole("norm_num_groups"),
                config.value("norm_eps").asDouble(),
                config.word("resnet_time_scale_shift").equals("scale_shift"),
                config.whole("downsample_padding") == 0,
                config.flag("use_linear_projection"),
                classes(config),
                text ? OptionalInt.of(config.whole("cross_attention_dim")) : OptionalInt.empty(),
                addition(config));
    }

    /**
     * A down or up block.
     *
     * @param more resnet blocks beside layers_per_block
     */
    private static Level level(UNetConfig config, String type, int level, boolean last, int more) {
        int levels = config.words("down_block_types").size();
        long channels = config.wholes("block_out_channels", levels).get(level);
        BlockType block = BlockType.valueOf(type);
        Attention attention =
                switch (block.attention()) {
                    case "pixels" ->
                            new PixelAttention(
                                    pixelHeads(config, channels), config.whole("norm_num_groups"));
                    case "text" -> textAttention(config, level, levels);
                    default -> new NoAttention();
                };
        return new Level(
                channels,
                config.wholes("layers_per_block", levels).get(level) + more,
                attention,
                last ? Resampling.NONE : block.resampling(config));
    }

    /** In {@code UNet2DModel} attention_head_dim is what it says. */
    static long pixelHeads(UNetConfig config, long channels) {
        return channels / config.optionalWhole("attention_head_dim").orElse((int) channels);
    }

    /** In {@code UNet2DConditionModel} attention_head_dim is the number of heads. */
    private static TextAttention textAttention(UNetConfig config, int level, int levels) {
        return new TextAttention(
                config.wholes("attention_head_dim", levels).get(level),
                config.wholes("transformer_layers_per_block", levels).get(level));
    }

    private static @Nullable Middle middle(UNetClass kind, UNetConfig config, int levels) {
        if (config.value("mid_block_type").isNull()) {
            return null;
        }
        if (isTextMiddle(config)) {
            return new Middle(textAttention(config, levels - 1, levels), 1);
        }
        if (kind == UNetClass.UNET_2D_CONDITION) {
            return new Middle(new NoAttention(), 0);
        }
        boolean scaleShift = config.word("resnet_time_scale_shift").equals("scale_shift");
        int groups =
                config.optionalWhole("attn_norm_num_groups")
                        .orElse(scaleShift ? 0 : config.whole("norm_num_groups"));
        long channels = config.wholes("block_out_channels", levels).get(levels - 1);
        return new Middle(
                config.flag("add_attention")
                        ? new PixelAttention(pixelHeads(config, channels), groups)
                        : new NoAttention(),
                1);
    }

    static boolean isTextMiddle(UNetConfig config) {
        return config.word("mid_block_type").equals("UNetMidBlock2DCrossAttn");
    }

    private static boolean hasText(List<Level> levels) {
        return levels.stream().anyMatch(level -> level.attention() instanceof TextAttention);
    }

    private static ClassLabels classes(UNetConfig config) {
        if (!config.value("class_embed_type").isNull()) {
            return ClassLabels.TIMESTEP;
        }
        return config.value("num_class_embeds").isNull() ? ClassLabels.NONE : ClassLabels.TABLE;
    }

    private static @Nullable Addition addition(UNetConfig config) {
        if (config.value("addition_embed_type").isNull()) {
            return null;
        }
        int idWidth = config.whole("addition_time_embed_dim");
        int all = config.whole("projection_class_embeddings_input_dim");
        return new Addition(6, idWidth, all - 6 * idWidth);
    }
}
