// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configurations by name. */
public final class UNetPresets {

    private static final Map<String, UNetConfig> PRESETS = new LinkedHashMap<>();

    static {
        PRESETS.put("mnist-small", mnistSmall());
        PRESETS.put("ddpm-cifar10", ddpmCifar10());
        PRESETS.put("sd-1.5", stableDiffusion15());
        PRESETS.put("tiny", tiny().build());
        PRESETS.put("tiny-class", tiny().set("num_class_embeds", 11).build());
        PRESETS.put("tiny-text", tinyText());
    }

    private UNetPresets() {}

    /** Names of all presets. */
    public static List<String> names() {
        return List.copyOf(PRESETS.keySet());
    }

    /**
     * A configuration by its name.
     *
     * @throws IllegalArgumentException naming the known ones, if there is none of this name
     */
    public static UNetConfig named(String name) {
        UNetConfig config = PRESETS.get(name);
        if (config == null) {
            throw new IllegalArgumentException(
                    "there is no preset " + name + "; take one of " + String.join(", ", names()));
        }
        return config;
    }

    /**
     * Digits of 32 x 32 pixels in ten classes; class 10 stands for none, for guidance. Small enough
     * to be trained on two CPU cores in minutes.
     */
    private static UNetConfig mnistSmall() {
        return UNetConfig.builder("UNet2DModel")
                .set("sample_size", 32)
                .set("in_channels", 1)
                .set("out_channels", 1)
                .set("block_out_channels", List.of(16, 32, 64))
                .set("layers_per_block", 1)
                .set("down_block_types", List.of("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"))
                .set("up_block_types", List.of("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"))
                .set("norm_num_groups", 8)
                .set("attention_head_dim", 16)
                .set("num_class_embeds", 11)
                .build();
    }

    /** google/ddpm-cifar10-32 (Ho et al. 2020): 35,746,307 parameters. */
    private static UNetConfig ddpmCifar10() {
        return UNetConfig.builder("UNet2DModel")
                .set("sample_size", 32)
                .set("block_out_channels", List.of(128, 256, 256, 256))
                .set(
                        "down_block_types",
                        List.of("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"))
                .set(
                        "up_block_types",
                        List.of("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"))
                .set("attention_head_dim", null)
                .set("downsample_padding", 0)
                .set("flip_sin_to_cos", false)
                .set("freq_shift", 1)
                .set("norm_eps", 1e-6)
                .build();
    }

    /** Stable Diffusion 1.5 (Rombach et al. 2022): 859.52 million parameters. */
    private static UNetConfig stableDiffusion15() {
        return UNetConfig.builder("UNet2DConditionModel")
                .set("sample_size", 64)
                .set("cross_attention_dim", 768)
                .build();
    }

    private static UNetConfig.Builder tiny() {
        return UNetConfig.builder("UNet2DModel")
                .set("sample_size", 16)
                .set("in_channels", 1)
                .set("out_channels", 1)
                .set("block_out_channels", List.of(8, 16))
                .set("layers_per_block", 1)
                .set("down_block_types", List.of("DownBlock2D", "AttnDownBlock2D"))
                .set("up_block_types", List.of("AttnUpBlock2D", "UpBlock2D"))
                .set("norm_num_groups", 4)
                .set("attention_head_dim", 8);
    }

    private static UNetConfig tinyText() {
        return UNetConfig.builder("UNet2DConditionModel")
                .set("sample_size", 16)
                .set("block_out_channels", List.of(8, 16))
                .set("layers_per_block", 1)
                .set("down_block_types", List.of("CrossAttnDownBlock2D", "DownBlock2D"))
                .set("up_block_types", List.of("UpBlock2D", "CrossAttnUpBlock2D"))
                .set("norm_num_groups", 4)
                .set("attention_head_dim", 2)
                .set("cross_attention_dim", 12)
                .build();
    }
}
