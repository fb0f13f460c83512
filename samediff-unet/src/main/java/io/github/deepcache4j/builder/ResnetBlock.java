// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.function.UnaryOperator;

/**
 * diffusers' {@code ResnetBlock2D}.
 *
 * <pre>
 *   x ─┬─ norm1 ─ SiLU ─ (resample) ─ conv1 ─ + time ─ norm2 ─ SiLU ─ conv2 ─ + ─ out
 *      └─────────────── (resample) ─ (conv_shortcut, if the channels change) ─┘
 * </pre>
 *
 * <p>With scale_shift the time embedding does not add but makes norm2's result h into h (1 + scale)
 * + shift.
 */
final class ResnetBlock {

    private final Layers layers;
    private final Architecture architecture;

    ResnetBlock(Layers layers, Architecture architecture) {
        this.layers = layers;
        this.architecture = architecture;
    }

    Tensor apply(Tensor x, Tensor time, String name, long channels) {
        return apply(x, time, name, channels, UnaryOperator.identity());
    }

    /** A block that halves the resolution by taking means. */
    Tensor down(Tensor x, Tensor time, String name) {
        return apply(x, time, name, x.size(1), layers::averagePool);
    }

    /** A block that doubles the resolution by repeating pixels. */
    Tensor up(Tensor x, Tensor time, String name) {
        return apply(x, time, name, x.size(1), layers::upsample);
    }

    /**
     * @param time SiLU of the time embedding, {@code [batch, width]}
     */
    private Tensor apply(
            Tensor x, Tensor time, String name, long channels, UnaryOperator<Tensor> resample) {
        Tensor hidden = resample.apply(activated(x, name + ".norm1"));
        hidden = layers.convolution(hidden, name + ".conv1", channels, 3);
        if (architecture.scaleShift()) {
            Tensor both = layers.linear(time, name + ".time_emb_proj", 2 * channels, true);
            Tensor[] parts =
                    layers.halves(layers.reshape(both, both.size(0), 2 * channels, 1, 1), 1);
            Tensor normal = norm(hidden, name + ".norm2");
            Tensor scale = new Tensor(parts[0].variable().add(1), parts[0].shape());
            hidden = layers.silu(layers.add(layers.multiply(normal, scale), parts[1]));
        } else {
            Tensor offset = layers.linear(time, name + ".time_emb_proj", channels, true);
            offset = layers.reshape(offset, offset.size(0), channels, 1, 1);
            hidden = activated(layers.add(hidden, offset), name + ".norm2");
        }
        hidden = layers.convolution(hidden, name + ".conv2", channels, 3);
        Tensor straight = resample.apply(x);
        if (x.size(1) != channels) {
            straight = layers.convolution(straight, name + ".conv_shortcut", channels, 1);
        }
        return layers.add(straight, hidden);
    }

    private Tensor activated(Tensor x, String name) {
        return layers.silu(norm(x, name));
    }

    private Tensor norm(Tensor x, String name) {
        return layers.groupNorm(x, name, architecture.groups(), architecture.epsilon());
    }
}
