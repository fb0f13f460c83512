// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.GraphText;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

class SkipFinderTest {

    @Test
    void readsWhatSameDiffWrites() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 1, 2, 8, 8);
        SDVariable skip = convolution(sd, x, 2, 4, 1, "skip");
        SDVariable low = convolution(sd, skip, 4, 4, 2, "low");
        SDVariable up = sd.cnn().upsampling2d("up", low, 2, 2, true);
        SDVariable merged = sd.concat("merged", 1, skip, up);
        convolution(sd, merged, 8, 2, 1, "y");
        DataflowGraph graph = GraphReader.read(sd, List.of("y"), Map.of("x", Shape.of(1, 2, 8, 8)));

        UNetAnatomy anatomy =
                assertInstanceOf(AnatomyResult.Found.class, SkipFinder.find(graph, "x", "y"))
                        .anatomy();

        assertEquals(1, anatomy.skips().size());
        SkipConnection branch = anatomy.skips().get(0);
        assertEquals(graph.value("skip").id(), branch.skip());
        assertEquals(graph.value("up").id(), branch.boundary());
        // positions times weights: skip 64 * 72, low 16 * 144, y 64 * 144
        assertEquals(64 * 72 + 64 * 144, branch.cachedMacs().weights());
        assertEquals(64 * 72 + 16 * 144 + 64 * 144, anatomy.fullMacs().weights());
    }

    @Test
    void sampleWithoutSpatialAxesIsRefused() {
        assertRefused(
                "The sample x has the shape 2x8; a batch of images or sequences has three axes or"
                        + " more.",
                "input x FLOAT 2x8\ny FLOAT 2x8 = tanh(x)");
    }

    @Test
    void predictionThatIgnoresTheSampleIsRefused() {
        assertRefused(
                "A U-Net computes its prediction from its sample; no feature map flows from x to"
                        + " y.",
                """
                input x FLOAT 1x3x8x8
                input t FLOAT 1x3x8x8
                shape LONG 4 = shape_of(x)
                y FLOAT 1x3x8x8 = reshape(t, shape)
                """);
    }

    @Test
    void unknownNamesAreErrors() {
        DataflowGraph graph = GraphText.parse("input x FLOAT 1x3x8x8\ny FLOAT 1x3x8x8 = tanh(x)");
        assertThrows(IllegalArgumentException.class, () -> SkipFinder.find(graph, "sample", "y"));
        assertThrows(IllegalArgumentException.class, () -> SkipFinder.find(graph, "x", "out"));
    }

    @Test
    void operationsOfUnknownCostAreRemarked() {
        UNetAnatomy anatomy =
                assertInstanceOf(
                                AnatomyResult.Found.class,
                                SkipFinder.find(
                                        GraphText.parse(
                                                """
                                                input x FLOAT 1x3x8x8
                                                const w FLOAT 3x3x3x3
                                                const v FLOAT 3x6x3x3
                                                a FLOAT 1x3x8x8 = conv2d(x, w) [3,3,1,1,1,1,1,1,0,0,1]
                                                b FLOAT 1x3x4x4 = maxpool2d(a) [2,2,2,2]
                                                c FLOAT 1x3x4x4 = conv2d(b, w) [3,3,1,1,1,1,1,1,0,0,1]
                                                d FLOAT 1x3x4x4 = flash_attention(c)
                                                e FLOAT 1x3x8x8 = image_resize(d)
                                                f FLOAT 1x6x8x8 = concat(e, a) [-3]
                                                y FLOAT 1x3x8x8 = conv2d(f, v) [3,3,1,1,1,1,1,1,0,0,1]
                                                """),
                                        "x",
                                        "y"))
                        .anatomy();
        assertEquals(
                List.of(
                        "The multiply-accumulates of d are not counted: the operation"
                                + " flash_attention is not known to the counter."),
                anatomy.remarks());
        assertTrue(anatomy.skip(1).isEmpty());
        assertTrue(anatomy.skip(0).isPresent());
    }

    private static SDVariable convolution(
            SameDiff sd, SDVariable in, int channels, int out, int stride, String name) {
        SDVariable weights = sd.constant(Nd4j.rand(DataType.FLOAT, 3, 3, channels, out));
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(3)
                        .kW(3)
                        .sH(stride)
                        .sW(stride)
                        .paddingMode(PaddingMode.SAME)
                        .build();
        return sd.cnn().conv2d(name, in, weights, config);
    }

    private static void assertRefused(String reason, String text) {
        AnatomyResult result = SkipFinder.find(GraphText.parse(text), "x", "y");
        assertEquals(
                List.of(reason), assertInstanceOf(AnatomyResult.NotAUNet.class, result).reasons());
    }
}
