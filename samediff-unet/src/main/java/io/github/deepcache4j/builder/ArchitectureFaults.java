// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What keeps fields that are right one by one from being a network together. */
final class ArchitectureFaults {

    private final UNetClass kind;
    private final UNetConfig config;
    private final List<String> faults = new ArrayList<>();

    private ArchitectureFaults(UNetClass kind, UNetConfig config) {
        this.kind = kind;
        this.config = config;
    }

    static List<String> of(UNetClass kind, UNetConfig config) {
        ArchitectureFaults check = new ArchitectureFaults(kind, config);
        check.blocks("down_block_types", true);
        check.blocks("up_block_types", false);
        check.lengths();
        if (check.faults.isEmpty()) {
            check.channels();
            check.embeddings();
        }
        return check.faults;
    }

    private void blocks(String field, boolean down) {
        String wanted = kind == UNetClass.UNET_2D ? "pixels" : "text";
        List<String> fitting =
                Arrays.stream(BlockType.values())
                        .filter(type -> type.isDown() == down)
                        .filter(type -> List.of("none", wanted).contains(type.attention()))
                        .map(BlockType::name)
                        .toList();
        config.words(field).stream()
                .filter(type -> !fitting.contains(type))
                .forEach(
                        type ->
                                faults.add(
                                        field
                                                + " "
                                                + type
                                                + " is not supported ("
                                                + String.join(", ", fitting)
                                                + ")"));
    }

    private void lengths() {
        int levels = config.words("down_block_types").size();
        List<String> lists =
                List.of(
                        "up_block_types",
                        "block_out_channels",
                        "layers_per_block",
                        "attention_head_dim",
                        "transformer_layers_per_block");
        for (String field : lists) {
            if (config.value(field).isArray() && config.value(field).size() != levels) {
                faults.add(
                        field
                                + " has "
                                + config.value(field).size()
                                + " elements, down_block_types "
                                + levels);
            }
        }
    }

    private void channels() {
        int levels = config.words("down_block_types").size();
        int groups = config.whole("norm_num_groups");
        List<Integer> channels = config.wholes("block_out_channels", levels);
        for (int level = 0; level < levels; level++) {
            int width = channels.get(level);
            divides("norm_num_groups", groups, width);
            if (kind == UNetClass.UNET_2D_CONDITION) {
                divides(
                        "attention_head_dim",
                        config.wholes("attention_head_dim", levels).get(level),
                        width);
            } else if (hasAttention(level, levels)) {
                config.optionalWhole("attention_head_dim")
                        .ifPresent(head -> divides("attention_head_dim", head, width));
            }
        }
        config.optionalWhole("attn_norm_num_groups")
                .ifPresent(g -> divides("attn_norm_num_groups", g, channels.get(levels - 1)));
        if (channels.get(0) % 2 != 0) {
            faults.add(
                    "block_out_channels starts with "
                            + channels.get(0)
                            + ", which the sines and cosines of the timestep cannot share");
        }
        if (config.whole("freq_shift") * 2 >= channels.get(0)) {
            faults.add("block_out_channels starts with too few channels for freq_shift");
        }
    }

    private boolean hasAttention(int level, int levels) {
        boolean middle =
                level == levels - 1
                        && !config.value("mid_block_type").isNull()
                        && config.flag("add_attention");
        return middle
                || config.words("down_block_types").get(level).startsWith("Attn")
                || config.words("up_block_types").get(levels - 1 - level).startsWith("Attn");
    }

    private void divides(String field, int part, int channels) {
        if (channels % part != 0) {
            faults.add(field + " " + part + " does not divide " + channels + " channels");
        }
    }

    private void embeddings() {
        if (!config.value("addition_embed_type").isNull()) {
            int ids = 6 * config.optionalWhole("addition_time_embed_dim").orElse(0);
            int all = config.optionalWhole("projection_class_embeddings_input_dim").orElse(0);
            if (ids == 0 || all <= ids) {
                faults.add(
                        "addition_embed_type text_time needs addition_time_embed_dim (found "
                                + config.value("addition_time_embed_dim")
                                + ") and projection_class_embeddings_input_dim above 6 times that"
                                + " (found "
                                + config.value("projection_class_embeddings_input_dim")
                                + ")");
            }
        }
    }
}
