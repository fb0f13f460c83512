// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static io.github.deepcache4j.builder.ConfigField.fixed;
import static io.github.deepcache4j.builder.ConfigField.of;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The two classes of diffusers 0.37.0 whose configurations can be built, with all their fields in
 * the order and with the defaults of their constructors.
 */
enum UNetClass {
    /** Without text: DDPM, ADM, improved DDPM. */
    UNET_2D(
            "UNet2DModel",
            List.of(
                    of("sample_size", "null", FieldRule.SIZE.orNull()),
                    of("in_channels", "3", FieldRule.COUNT),
                    of("out_channels", "3", FieldRule.COUNT),
                    of("center_input_sample", "false", FieldRule.FLAG),
                    fixed("time_embedding_type", "\"positional\""),
                    of("time_embedding_dim", "null", FieldRule.COUNT.orNull()),
                    of("freq_shift", "0", FieldRule.only(0, 1)),
                    of("flip_sin_to_cos", "true", FieldRule.FLAG),
                    of(
                            "down_block_types",
                            "[\"DownBlock2D\",\"AttnDownBlock2D\",\"AttnDownBlock2D\",\"AttnDownBlock2D\"]",
                            FieldRule.WORDS),
                    of(
                            "mid_block_type",
                            "\"UNetMidBlock2D\"",
                            FieldRule.only("UNetMidBlock2D", null)),
                    of(
                            "up_block_types",
                            "[\"AttnUpBlock2D\",\"AttnUpBlock2D\",\"AttnUpBlock2D\",\"UpBlock2D\"]",
                            FieldRule.WORDS),
                    of("block_out_channels", "[224,448,672,896]", FieldRule.COUNTS),
                    of("layers_per_block", "2", FieldRule.COUNT),
                    fixed("mid_block_scale_factor", "1"),
                    of("downsample_padding", "1", FieldRule.only(0, 1)),
                    of("downsample_type", "\"conv\"", FieldRule.only("conv", "resnet")),
                    of("upsample_type", "\"conv\"", FieldRule.only("conv", "resnet")),
                    of("dropout", "0.0", FieldRule.only(0)),
                    of("act_fn", "\"silu\"", FieldRule.only("silu", "swish")),
                    of("attention_head_dim", "8", FieldRule.COUNT.orNull()),
                    of("norm_num_groups", "32", FieldRule.COUNT),
                    of("attn_norm_num_groups", "null", FieldRule.COUNT.orNull()),
                    of("norm_eps", "1e-05", FieldRule.POSITIVE),
                    of(
                            "resnet_time_scale_shift",
                            "\"default\"",
                            FieldRule.only("default", "scale_shift")),
                    of("add_attention", "true", FieldRule.FLAG),
                    of("class_embed_type", "null", FieldRule.only(null, "timestep")),
                    of("num_class_embeds", "null", FieldRule.COUNT.orNull()),
                    of("num_train_timesteps", "null", FieldRule.COUNT.orNull()))),

    /** With text states: Stable Diffusion 1, 2 and XL. */
    UNET_2D_CONDITION(
            "UNet2DConditionModel",
            List.of(
                    of("sample_size", "null", FieldRule.SIZE.orNull()),
                    of("in_channels", "4", FieldRule.COUNT),
                    of("out_channels", "4", FieldRule.COUNT),
                    of("center_input_sample", "false", FieldRule.FLAG),
                    of("flip_sin_to_cos", "true", FieldRule.FLAG),
                    of("freq_shift", "0", FieldRule.only(0, 1)),
                    of(
                            "down_block_types",
                            "[\"CrossAttnDownBlock2D\",\"CrossAttnDownBlock2D\",\"CrossAttnDownBlock2D\",\"DownBlock2D\"]",
                            FieldRule.WORDS),
                    of(
                            "mid_block_type",
                            "\"UNetMidBlock2DCrossAttn\"",
                            FieldRule.only("UNetMidBlock2DCrossAttn", "UNetMidBlock2D", null)),
                    of(
                            "up_block_types",
                            "[\"UpBlock2D\",\"CrossAttnUpBlock2D\",\"CrossAttnUpBlock2D\",\"CrossAttnUpBlock2D\"]",
                            FieldRule.WORDS),
                    fixed("only_cross_attention", "false"),
                    of("block_out_channels", "[320,640,1280,1280]", FieldRule.COUNTS),
                    of("layers_per_block", "2", FieldRule.COUNT_PER_LEVEL),
                    of("downsample_padding", "1", FieldRule.only(0, 1)),
                    fixed("mid_block_scale_factor", "1"),
                    of("dropout", "0.0", FieldRule.only(0)),
                    of("act_fn", "\"silu\"", FieldRule.only("silu", "swish")),
                    of("norm_num_groups", "32", FieldRule.COUNT),
                    of("norm_eps", "1e-05", FieldRule.POSITIVE),
                    of("cross_attention_dim", "1280", FieldRule.COUNT),
                    of("transformer_layers_per_block", "1", FieldRule.COUNT_PER_LEVEL),
                    fixed("reverse_transformer_layers_per_block", "null"),
                    fixed("encoder_hid_dim", "null"),
                    fixed("encoder_hid_dim_type", "null"),
                    of("attention_head_dim", "8", FieldRule.COUNT_PER_LEVEL),
                    fixed("num_attention_heads", "null"),
                    fixed("dual_cross_attention", "false"),
                    of("use_linear_projection", "false", FieldRule.FLAG),
                    of("class_embed_type", "null", FieldRule.only(null, "timestep")),
                    of("addition_embed_type", "null", FieldRule.only(null, "text_time")),
                    of("addition_time_embed_dim", "null", FieldRule.COUNT.orNull()),
                    of("num_class_embeds", "null", FieldRule.COUNT.orNull()),
                    of("upcast_attention", "false", FieldRule.FLAG.orNull()),
                    of(
                            "resnet_time_scale_shift",
                            "\"default\"",
                            FieldRule.only("default", "scale_shift")),
                    fixed("resnet_skip_time_act", "false"),
                    of("resnet_out_scale_factor", "1.0", FieldRule.only(1)),
                    fixed("time_embedding_type", "\"positional\""),
                    of("time_embedding_dim", "null", FieldRule.COUNT.orNull()),
                    fixed("time_embedding_act_fn", "null"),
                    fixed("timestep_post_act", "null"),
                    fixed("time_cond_proj_dim", "null"),
                    fixed("conv_in_kernel", "3"),
                    fixed("conv_out_kernel", "3"),
                    of("projection_class_embeddings_input_dim", "null", FieldRule.COUNT.orNull()),
                    fixed("attention_type", "\"default\""),
                    fixed("class_embeddings_concat", "false"),
                    of("mid_block_only_cross_attention", "null", FieldRule.only(null, false)),
                    fixed("cross_attention_norm", "null"),
                    of("addition_embed_type_num_heads", "64", FieldRule.COUNT)));

    private final String className;
    private final List<ConfigField> fields;

    UNetClass(String className, List<ConfigField> fields) {
        this.className = className;
        this.fields = fields;
    }

    String className() {
        return className;
    }

    List<ConfigField> fields() {
        return fields;
    }

    static Optional<UNetClass> find(String className) {
        return Arrays.stream(values()).filter(c -> c.className.equals(className)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(UNetClass::className).toList();
    }
}
