// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UNetConfigTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mnist-small", "ddpm-cifar10", "sd-1.5", "tiny", "tiny-text"})
    void whatIsWrittenReadsTheSame(String preset) throws IOException {
        UNetConfig config = UNetPresets.named(preset);
        Path file = folder.resolve("config.json");
        config.write(file);
        assertEquals(config, UNetConfig.read(file));
    }

    /** As diffusers 0.0.4 wrote google/ddpm-cifar10-32: what is left out has diffusers' default. */
    @Test
    void anOldFileIsThePreset() throws IOException {
        assertEquals(
                UNetPresets.named("ddpm-cifar10"),
                read(
                        """
                        {"_class_name": "UNet2DModel", "_diffusers_version": "0.0.4",
                         "act_fn": "silu", "attention_head_dim": null,
                         "block_out_channels": [128, 256, 256, 256], "center_input_sample": false,
                         "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D",
                                              "DownBlock2D"],
                         "downsample_padding": 0, "flip_sin_to_cos": false, "freq_shift": 1,
                         "in_channels": 3, "layers_per_block": 2, "mid_block_scale_factor": 1,
                         "norm_eps": 1e-06, "norm_num_groups": 32, "out_channels": 3,
                         "sample_size": 32, "time_embedding_type": "positional",
                         "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D",
                                            "UpBlock2D"]}
                        """));
    }

    @Test
    void fieldsAreFound() {
        UNetConfig config = UNetPresets.named("sd-1.5");
        assertEquals("UNet2DConditionModel", config.className());
        assertEquals(4, config.inChannels());
        assertEquals(Optional.of(Shape.of(64, 64)), config.sampleSize());
        assertEquals(OptionalInt.of(768), config.crossAttentionDim());
        assertEquals(OptionalInt.empty(), config.numClassEmbeds());
        assertEquals(OptionalInt.of(11), UNetPresets.named("mnist-small").numClassEmbeds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"dropout\": 0.1|dropout 0.1 is not supported (only 0)",
                "\"act_fn\": \"mish\"|act_fn \"mish\" is not supported (only \"silu\" or \"swish\")",
                "\"time_embedding_type\": \"fourier\"|time_embedding_type \"fourier\" is not",
                "\"colour\": 3|colour 3 is not understood",
                "\"cross_attention_dim\": 8|cross_attention_dim 8 is not understood",
                "\"class_embed_type\": \"null\"|class_embed_type \"null\" is not supported",
                "\"norm_num_groups\": 5|norm_num_groups 5 does not divide 224 channels",
                "\"attention_head_dim\": 33|attention_head_dim 33 does not divide 448 channels",
                "\"block_out_channels\": [32, 64]|block_out_channels has 2 elements,"
                        + " down_block_types 4",
                "\"in_channels\": 2.5|in_channels 2.5 is not supported (a positive whole number)",
                "\"sample_size\": [8]|sample_size [8] is not supported",
            })
    void whatCannotBeBuiltIsRefusedByName(String field, String message) {
        IOException fault =
                assertThrows(
                        IOException.class,
                        () -> read("{\"_class_name\":\"UNet2DModel\"," + field + "}"));
        assertTrue(fault.getMessage().contains(message), fault.getMessage());
    }

    @Test
    void allFaultsAreInOneMessage() {
        IOException fault =
                assertThrows(
                        IOException.class,
                        () ->
                                read(
                                        "{\"_class_name\":\"UNet2DModel\",\"dropout\":1,"
                                                + "\"act_fn\":\"relu\"}"));
        assertTrue(
                fault.getMessage().contains("dropout 1 ")
                        && fault.getMessage().contains("act_fn \"relu\"")
                        && fault.getMessage().contains("config.json"),
                fault.getMessage());
    }

    @Test
    void textBlocksNeedTheClassWithText() {
        IllegalArgumentException fault =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                UNetConfig.builder("UNet2DModel")
                                        .set("block_out_channels", List.of(32, 32))
                                        .set(
                                                "down_block_types",
                                                List.of("CrossAttnDownBlock2D", "DownBlock2D"))
                                        .set("up_block_types", List.of("DownBlock2D", "UpBlock2D"))
                                        .build());
        assertEquals(
                "UNet2DModel: down_block_types CrossAttnDownBlock2D is not supported (DownBlock2D,"
                        + " AttnDownBlock2D, ResnetDownsampleBlock2D); up_block_types DownBlock2D"
                        + " is not supported (UpBlock2D, AttnUpBlock2D, ResnetUpsampleBlock2D)",
                fault.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|not a JSON object",
                "{|not JSON",
                "{}|has no _class_name",
                "{\"_class_name\":\"UNet3DConditionModel\"}|_class_name UNet3DConditionModel is not"
                        + " supported (UNet2DModel, UNet2DConditionModel)",
            })
    void otherFilesAreRefused(String text, String message) {
        IOException fault = assertThrows(IOException.class, () -> read(text));
        assertTrue(fault.getMessage().contains(message), fault.getMessage());
    }

    private UNetConfig read(String text) throws IOException {
        return UNetConfig.read(Files.writeString(folder.resolve("config.json"), text));
    }
}
