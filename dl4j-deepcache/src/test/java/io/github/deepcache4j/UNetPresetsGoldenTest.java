// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Built networks are as large and as expensive as the originals, branch by branch. Parameter counts
 * are those that the models' authors give; multiply-accumulates are Ma et al.'s (2024, tables 3 and
 * 12) recomputed from the layers, in thousand millions for convolutions and linear layers of one
 * image, to the digits that are shown.
 */
class UNetPresetsGoldenTest {

    @Test
    void ddpm_cifar10() {
        UNetConfig config = UNetPresets.named("ddpm-cifar10");
        assertEquals(35_746_307, parameters(config));
        UNetAnatomy anatomy = anatomy(config, 1);
        assertEquals(6_053_953_536L, anatomy.fullMacs().weights());
        assertEquals(12, anatomy.skips().size());
        check(anatomy, List.of(0.4940, 1.2827, 2.2391, 3.3507, 4.2066, 5.1296), 4);
        boundaries(
                anatomy,
                "1x128x32x32",
                "1x128x32x32",
                "1x256x32x32",
                "1x256x16x16",
                "1x256x16x16",
                "1x256x16x16");
    }

    @Test
    void sd15() {
        UNetConfig config = UNetPresets.named("sd-1.5");
        assertEquals(859_520_964, parameters(config));
        UNetAnatomy anatomy = anatomy(config, 77);
        assertEquals(338.6, giga(anatomy.fullMacs().weights()), 0.1);
        assertEquals(401.6, giga(anatomy.fullMacs().total()), 0.1);
        assertEquals(12, anatomy.skips().size());
        check(anatomy, List.of(20.7, 57.3, 98.0, 132.6, 167.6, 208.4), 1);
        boundaries(
                anatomy,
                "1x320x64x64",
                "1x320x64x64",
                "1x640x64x64",
                "1x640x32x32",
                "1x640x32x32",
                "1x1280x32x32");
    }

    /**
     * stabilityai/stable-diffusion-xl-base-1.0: transformers of several layers, added conditions.
     */
    @Test
    void sdxl() {
        UNetConfig config =
                UNetConfig.builder("UNet2DConditionModel")
                        .set("sample_size", 128)
                        .set("block_out_channels", List.of(320, 640, 1280))
                        .set(
                                "down_block_types",
                                List.of(
                                        "DownBlock2D",
                                        "CrossAttnDownBlock2D",
                                        "CrossAttnDownBlock2D"))
                        .set(
                                "up_block_types",
                                List.of("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"))
                        .set("transformer_layers_per_block", List.of(1, 2, 10))
                        .set("attention_head_dim", List.of(5, 10, 20))
                        .set("cross_attention_dim", 2048)
                        .set("use_linear_projection", true)
                        .set("addition_embed_type", "text_time")
                        .set("addition_time_embed_dim", 256)
                        .set("projection_class_embeddings_input_dim", 2816)
                        .build();
        assertEquals(2_567_463_684L, parameters(config));
        UNetAnatomy anatomy = anatomy(config, 77);
        assertEquals(2988.7, giga(anatomy.fullMacs().weights()), 0.1);
        assertEquals(9, anatomy.skips().size());
        check(anatomy, List.of(49.0, 127.9, 223.5, 392.1, 592.6), 1);
    }

    private static long parameters(UNetConfig config) {
        return UNetBuilder.parameterShapes(config).values().stream()
                .mapToLong(Shape::elements)
                .sum();
    }

    private static UNetAnatomy anatomy(UNetConfig config, long tokens) {
        Shape size = config.sampleSize().orElseThrow();
        InputSizes sizes = new InputSizes(1, size.size(0), size.size(1), tokens);
        AnatomyResult result =
                SkipFinder.find(UNetBuilder.graph(config, sizes), "sample", "out_sample");
        return assertInstanceOf(AnatomyResult.Found.class, result, result.toString()).anatomy();
    }

    private static void check(UNetAnatomy anatomy, List<Double> cached, int digits) {
        double unit = Math.pow(10, -digits);
        for (int branch = 0; branch < cached.size(); branch++) {
            SkipConnection skip = anatomy.skip(branch).orElseThrow();
            assertEquals(
                    cached.get(branch),
                    giga(skip.cachedMacs().weights()),
                    0.51 * unit,
                    "branch " + branch);
        }
    }

    private static void boundaries(UNetAnatomy anatomy, String... shapes) {
        assertEquals(
                List.of(shapes),
                IntStream.range(0, shapes.length)
                        .mapToObj(branch -> anatomy.skip(branch).orElseThrow().boundary())
                        .map(value -> anatomy.graph().value(value).shape().toString())
                        .toList());
    }

    private static double giga(long macs) {
        return macs / 1e9;
    }
}
