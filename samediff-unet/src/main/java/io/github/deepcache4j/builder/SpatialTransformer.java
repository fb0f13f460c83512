// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

/**
 * diffusers' {@code Transformer2DModel} and {@code BasicTransformerBlock}: transformer blocks over
 * the pixels of a feature map, which look at the text between self-attention and feed-forward
 * (Rombach et al. 2022, appendix E.2.1).
 *
 * <pre>
 *   x ─┬─ norm ─ proj_in ─ [B, pixels, C] ─ blocks ─ [B, C, H, W] ─ proj_out ─ + ─ out
 *      └───────────────────────────────────────────────────────────────────────┘
 *   block: h += attn1(norm1 h); h += attn2(norm2 h, text); h += ff(norm3 h)
 * </pre>
 */
final class SpatialTransformer {

    private final Layers layers;
    private final Architecture architecture;

    SpatialTransformer(Layers layers, Architecture architecture) {
        this.layers = layers;
        this.architecture = architecture;
    }

    Tensor apply(Tensor x, Tensor text, String name, long heads, int depth) {
        long channels = x.size(1);
        long pixels = x.size(2) * x.size(3);
        // diffusers has this epsilon in the code, not in the configuration
        Tensor hidden = layers.groupNorm(x, name + ".norm", architecture.groups(), 1e-6);
        boolean linear = architecture.linearProjection();
        if (!linear) {
            hidden = layers.convolution(hidden, name + ".proj_in", channels, 1);
        }
        hidden = layers.reshape(layers.permute(hidden, 0, 2, 3, 1), x.size(0), pixels, channels);
        if (linear) {
            hidden = layers.linear(hidden, name + ".proj_in", channels, true);
        }
        for (int block = 0; block < depth; block++) {
            hidden = block(hidden, text, name + ".transformer_blocks." + block, heads);
        }
        if (linear) {
            hidden = layers.linear(hidden, name + ".proj_out", channels, true);
        }
        hidden = layers.reshape(hidden, x.size(0), x.size(2), x.size(3), channels);
        hidden = layers.permute(hidden, 0, 3, 1, 2);
        if (!linear) {
            hidden = layers.convolution(hidden, name + ".proj_out", channels, 1);
        }
        return layers.add(hidden, x);
    }

    private Tensor block(Tensor x, Tensor text, String name, long heads) {
        Tensor normal = layers.layerNorm(x, name + ".norm1", 1e-5);
        Tensor hidden = layers.add(attention(normal, normal, name + ".attn1", heads), x);
        normal = layers.layerNorm(hidden, name + ".norm2", 1e-5);
        hidden = layers.add(attention(normal, text, name + ".attn2", heads), hidden);
        normal = layers.layerNorm(hidden, name + ".norm3", 1e-5);
        return layers.add(feedForward(normal, name + ".ff"), hidden);
    }

    /** Without bias but at the end. */
    private Tensor attention(Tensor x, Tensor context, String name, long heads) {
        long width = x.size(2);
        Tensor q = layers.linear(x, name + ".to_q", width, false);
        Tensor k = layers.linear(context, name + ".to_k", width, false);
        Tensor v = layers.linear(context, name + ".to_v", width, false);
        return layers.linear(layers.attention(q, k, v, heads), name + ".to_out.0", width, true);
    }

    /** GEGLU (Shazeer 2020) and a linear layer. */
    private Tensor feedForward(Tensor x, String name) {
        long width = x.size(2);
        Tensor[] parts = layers.halves(layers.linear(x, name + ".net.0.proj", 8 * width, true), 2);
        Tensor gated = layers.multiply(parts[0], layers.gelu(parts[1]));
        return layers.linear(gated, name + ".net.2", width, true);
    }
}
