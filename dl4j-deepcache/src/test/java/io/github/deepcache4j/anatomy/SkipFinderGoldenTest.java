// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small networks whose expectations stand in the file (written by make_small_nets.py), and real
 * exports (onnx_to_text.py) whose expectations stand here.
 */
class SkipFinderGoldenTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "concat_nchw",
                "concat_nhwc",
                "reversed_operands",
                "additive_skips",
                "controlnet_residuals",
                "projected_skips",
                "gate_before_upsampler",
                "gate_after_upsampler",
                "resample_residuals",
                "lowest_level_concats",
                "decoder_attention",
                "squeeze_excite",
                "odd_sizes",
                "output_residual",
                "output_pyramid",
                "sequence",
                "dense_blocks",
                "plain_resnet",
                "classifier",
                "autoencoder",
                "second_way_out"
            })
    void smallNetwork(String name) {
        String text = read(name);
        AnatomyResult result = SkipFinder.find(GraphText.parse(text), "x", "y");
        List<String> refused = lines(text, "# refused ");
        if (refused.isEmpty()) {
            UNetAnatomy anatomy = found(result);
            assertEquals(lines(text, "# skip "), describe(anatomy));
            assertEquals(
                    lines(text, "# full "), List.of(String.valueOf(anatomy.fullMacs().weights())));
        } else {
            AnatomyResult.NotAUNet none =
                    assertInstanceOf(AnatomyResult.NotAUNet.class, result, result.toString());
            assertEquals(refused.get(0), none.reasons().get(0));
        }
    }

    /** Numbers of Ma et al. 2024, table 12, recomputed from the layer sizes (branch 0 is "b1"). */
    @Test
    void ddpm_cifar10() {
        UNetAnatomy anatomy =
                found(
                        SkipFinder.find(
                                GraphText.parse(read("ddpm_cifar10")), "sample", "out_sample"));
        assertEquals(6_053_953_536L, anatomy.fullMacs().weights());
        assertEquals(12, anatomy.skips().size());
        List<Double> giga = List.of(0.4940, 1.2827, 2.2391, 3.3507, 4.2066, 5.1296);
        List<String> boundaries =
                List.of(
                        "1x128x32x32",
                        "1x128x32x32",
                        "1x256x32x32",
                        "1x256x16x16",
                        "1x256x16x16",
                        "1x256x16x16");
        for (int branch = 0; branch < 6; branch++) {
            SkipConnection skip = anatomy.skips().get(branch);
            assertEquals(giga.get(branch), skip.cachedMacs().weights() / 1e9, 5e-5);
            assertEquals(
                    boundaries.get(branch),
                    anatomy.graph().value(skip.boundary()).shape().toString());
        }
    }

    @Test
    void sd_controlnet() {
        UNetAnatomy anatomy =
                found(
                        SkipFinder.find(
                                GraphText.parse(read("sd_controlnet")), "sample", "out_sample"));
        assertEquals(12, anatomy.skips().size());
        for (SkipConnection skip : anatomy.skips()) {
            // each skip enters with its residual added, which both kinds of step read
            assertEquals("add", anatomy.graph().producer(skip.skip()).orElseThrow().op());
        }
    }

    @Test
    void adm() {
        UNetAnatomy anatomy =
                found(SkipFinder.find(GraphText.parse(read("adm")), "sample", "out_sample"));
        assertEquals(6, anatomy.skips().size());
        assertEquals(List.of(), anatomy.remarks());
    }

    private static UNetAnatomy found(AnatomyResult result) {
        return assertInstanceOf(AnatomyResult.Found.class, result, result.toString()).anatomy();
    }

    private static List<String> describe(UNetAnatomy anatomy) {
        DataflowGraph graph = anatomy.graph();
        return anatomy.skips().stream()
                .map(
                        skip ->
                                String.join(
                                        " ",
                                        skip.kind().toString(),
                                        graph.node(skip.merge()).name(),
                                        graph.value(skip.skip()).name(),
                                        graph.value(skip.boundary()).name(),
                                        String.valueOf(skip.cachedMacs().weights())))
                .toList();
    }

    private static List<String> lines(String text, String start) {
        return text.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .toList();
    }

    private static String read(String name) {
        try (InputStream file =
                SkipFinderGoldenTest.class.getResourceAsStream("/anatomy/" + name + ".txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
