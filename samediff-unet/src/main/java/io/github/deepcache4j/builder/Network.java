// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Architecture.Attention;
import io.github.deepcache4j.builder.Architecture.Level;
import io.github.deepcache4j.builder.Architecture.Middle;
import io.github.deepcache4j.builder.Architecture.PixelAttention;
import io.github.deepcache4j.builder.Architecture.Resampling;
import io.github.deepcache4j.builder.Architecture.TextAttention;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The one description of diffusers' U-Nets: which layers follow which, and what they are called.
 *
 * <pre>
 *   sample ─ conv_in ─┬─ down_blocks ─ ... ─ mid_block ─ up_blocks ─ conv_norm_out ─ SiLU ─ conv_out
 *                     └── every resnet block's and downsampler's result, last in first out ──┘
 * </pre>
 */
final class Network {

    private final Layers layers;
    private final UNetConfig config;
    private final Architecture architecture;
    private final NetworkInputs inputs;
    private final ResnetBlock resnets;
    private final SpatialTransformer transformers;

    private Network(Layers layers, UNetConfig config, NetworkInputs inputs) {
        this.layers = layers;
        this.config = config;
        this.architecture = config.architecture();
        this.inputs = inputs;
        this.resnets = new ResnetBlock(layers, architecture);
        this.transformers = new SpatialTransformer(layers, architecture);
    }

    /** The prediction, {@code [batch, out_channels, height, width]}. */
    static Tensor build(Layers layers, UNetConfig config, NetworkInputs inputs) {
        return new Network(layers, config, inputs).build();
    }

    private Tensor build() {
        Tensor time = layers.silu(new Embeddings(layers, config).of(inputs));
        Tensor x = layers.convolution(sample(), "conv_in", architecture.base(), 3);
        Deque<Tensor> skips = new ArrayDeque<>();
        skips.push(x);
        for (int i = 0; i < architecture.down().size(); i++) {
            x = down(x, time, "down_blocks." + i, architecture.down().get(i), skips);
        }
        x = middle(x, time, architecture.middle());
        for (int i = 0; i < architecture.up().size(); i++) {
            x = up(x, time, "up_blocks." + i, architecture.up().get(i), skips);
        }
        x =
                layers.silu(
                        layers.groupNorm(
                                x, "conv_norm_out", architecture.groups(), architecture.epsilon()));
        return layers.convolution(x, "conv_out", config.outChannels(), 3);
    }

    /** From [0, 1] to [-1, 1] if the configuration says so. */
    private Tensor sample() {
        Tensor sample = inputs.sample();
        return config.flag("center_input_sample")
                ? new Tensor(sample.variable().mul(2).sub(1), sample.shape())
                : sample;
    }

    private Tensor down(Tensor x, Tensor time, String name, Level level, Deque<Tensor> skips) {
        for (int i = 0; i < level.resnets(); i++) {
            x = resnets.apply(x, time, name + ".resnets." + i, level.channels());
            x = attend(x, name + ".attentions." + i, level.attention());
            skips.push(x);
        }
        String sampler = name + ".downsamplers.0";
        if (level.resampling() != Resampling.NONE) {
            x =
                    level.resampling() == Resampling.RESNET
                            ? resnets.down(x, time, sampler)
                            : layers.convolution(
                                    x,
                                    sampler + ".conv",
                                    level.channels(),
                                    3,
                                    2,
                                    architecture.padsBehind()
                                            ? Layers.Zeros.BEHIND
                                            : Layers.Zeros.AROUND);
            skips.push(x);
        }
        return x;
    }

    private Tensor middle(Tensor x, Tensor time, @Nullable Middle middle) {
        if (middle == null) {
            return x;
        }
        x = resnets.apply(x, time, "mid_block.resnets.0", x.size(1));
        for (int i = 0; i < middle.pairs(); i++) {
            x = attend(x, "mid_block.attentions." + i, middle.attention());
            x = resnets.apply(x, time, "mid_block.resnets." + (i + 1), x.size(1));
        }
        return x;
    }

    private Tensor up(Tensor x, Tensor time, String name, Level level, Deque<Tensor> skips) {
        for (int i = 0; i < level.resnets(); i++) {
            x = layers.concat(1, x, skips.pop());
            x = resnets.apply(x, time, name + ".resnets." + i, level.channels());
            x = attend(x, name + ".attentions." + i, level.attention());
        }
        String sampler = name + ".upsamplers.0";
        return switch (level.resampling()) {
            case NONE -> x;
            case RESNET -> resnets.up(x, time, sampler);
            case CONVOLUTION ->
                    layers.convolution(layers.upsample(x), sampler + ".conv", level.channels(), 3);
        };
    }

    private Tensor attend(Tensor x, String name, Attention attention) {
        if (attention instanceof PixelAttention pixels) {
            Tensor normal =
                    pixels.groups() == 0
                            ? x
                            : layers.groupNorm(
                                    x,
                                    name + ".group_norm",
                                    pixels.groups(),
                                    architecture.epsilon());
            return layers.add(layers.pixelAttention(normal, name, pixels.heads()), x);
        }
        return attention instanceof TextAttention text
                ? transformers.apply(x, inputs.text(), name, text.heads(), text.depth())
                : x;
    }
}
