// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.ChannelAffine;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.testing.Bits;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Several cuts, sums of features and steps in two parts, against the graphs of a split. */
class StagedCutsTest {

    private static final double[] WEIGHTS = {1.75, -1.0, 0.25};

    private static Engine engine(String name) {
        return Engines.named(name, Precision.F32);
    }

    private static StagedGraph staged(Engine engine, UNet unet, Precision precision) {
        List<CachePlan> plans =
                List.of(HandWrittenUNet.plan(unet, 0), HandWrittenUNet.plan(unet, 1));
        return DeepCacheRewriter.compile(
                engine, unet.sameDiff(), plans, true, unet.ports().inputShapes(), precision);
    }

    private static Map<String, INDArray> inputs(UNet unet, int seed) {
        return unet.bind(
                HandWrittenUNet.sample(unet, seed), HandWrittenUNet.step(unet, 0, 100 + seed));
    }

    /** What the cached graph of a split says when it is fed the sum computed here, by hand. */
    private static INDArray expected(
            UNet unet, int branch, float[] scale, float[] shift, int channelAxis) {
        CachePlan plan = HandWrittenUNet.plan(unet, branch);
        CacheSplit split = DeepCacheRewriter.split(unet, plan);
        Map<String, Shape> shapes = unet.ports().inputShapes();
        INDArray sum = null;
        try (CompiledGraph full = split.compileFull(new SameDiffEngine(), shapes, Precision.F32);
                CompiledGraph cached =
                        split.compileCached(new SameDiffEngine(), shapes, Precision.F32)) {
            for (int anchor = 0; anchor < WEIGHTS.length; anchor++) {
                INDArray boundary =
                        full.run(inputs(unet, anchor)).get(plan.boundary()).mul(WEIGHTS[anchor]);
                sum = sum == null ? boundary : sum.add(boundary);
            }
            for (int c = 0; c < scale.length; c++) {
                for (int image = 0; image < sum.size(0); image++) {
                    INDArray channel =
                            channelAxis == 1
                                    ? sum.slice(image).slice(c)
                                    : sum.slice(image).slice(c, 2);
                    channel.muli(scale[c]).addi(shift[c]);
                }
            }
            Map<String, INDArray> fed = new LinkedHashMap<>(inputs(unet, 9));
            fed.keySet().retainAll(split.cached().inputs());
            fed.put(plan.boundary(), sum);
            return cached.run(fed).get(plan.output()).dup();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "samediff,true",
        "nd4j,true",
        "onednn,true",
        "samediff,false",
        "nd4j,false",
        "onednn,false"
    })
    void sumsOfFeaturesAreTheBoundaryAtEveryCut(String name, boolean nchw) {
        UNet unet = nchw ? HandWrittenUNet.nchw(2) : HandWrittenUNet.nhwc(2);
        int axis = nchw ? 1 : 3;
        try (StagedGraph graph = staged(engine(name), unet, Precision.F32)) {
            List<List<Feature>> anchors = anchors(graph, unet);
            // branch 1 first: its steps compute the boundary of branch 0 anew
            for (int branch : new int[] {1, 0, 1}) {
                int channels = (int) HandWrittenUNet.plan(unet, branch).boundaryShape().size(axis);
                float[] scale = new float[channels];
                float[] shift = new float[channels];
                for (int c = 0; c < channels; c++) {
                    scale[c] = 1 + 0.1f * c;
                    shift[c] = 0.5f - 0.2f * c;
                }
                List<Feature> features =
                        anchors.stream().map(anchor -> anchor.get(branch)).toList();
                Blend plain = Blend.of(features, WEIGHTS);
                float[] none = {};
                compare(
                        expected(unet, branch, none, none, axis),
                        graph.runCached(inputs(unet, 9), branch, plain));
                try (ChannelAffine map = ChannelAffine.of(scale, shift, axis)) {
                    compare(
                            expected(unet, branch, scale, shift, axis),
                            graph.runCached(inputs(unet, 9), branch, plain.corrected(map)));
                }
                graph.runPrefix(inputs(unet, 9), branch);
                compare(expected(unet, branch, none, none, axis), graph.finishCached(plain));
            }
        }
    }

    @Test
    void sumsInBf16AreThoseInF32ButForItsRounding() {
        Engine onednn = Engines.all().get(0);
        if (onednn.unavailable(Precision.BF16).isPresent()) {
            return;
        }
        UNet unet = HandWrittenUNet.nchw(2);
        try (StagedGraph graph = staged(onednn, unet, Precision.BF16)) {
            List<List<Feature>> anchors = anchors(graph, unet);
            for (int branch : new int[] {1, 0}) {
                List<Feature> features =
                        anchors.stream().map(anchor -> anchor.get(branch)).toList();
                float[] none = {};
                INDArray expected = expected(unet, branch, none, none, 1);
                INDArray error =
                        graph.runCached(inputs(unet, 9), branch, Blend.of(features, WEIGHTS))
                                .sub(expected);
                double relative =
                        error.norm2Number().doubleValue() / expected.norm2Number().doubleValue();
                // magnitudes of the weights add up to 3, and so may three features' roundings
                assertTrue(relative < 3 * 0.03, "branch " + branch + ": " + relative);
            }
        }
    }

    private static List<List<Feature>> anchors(StagedGraph graph, UNet unet) {
        List<List<Feature>> anchors = new ArrayList<>();
        for (int anchor = 0; anchor < WEIGHTS.length; anchor++) {
            List<Feature> features = List.of(new Feature(), new Feature());
            graph.runFull(inputs(unet, anchor), features);
            anchors.add(features);
        }
        return anchors;
    }

    private static void compare(INDArray expected, INDArray actual) {
        double largest = expected.amaxNumber().doubleValue();
        assertTrue(
                Bits.maxDifference(expected, actual) <= 2e-5 * largest,
                () -> Bits.maxDifference(expected, actual) + " of " + largest);
    }

    @ParameterizedTest
    @CsvSource({"samediff,F32", "nd4j,F32", "onednn,F32", "onednn,BF16"})
    void oneFeatureOfWeightOneIsReuseBitForBit(String name, Precision precision) {
        UNet unet = HandWrittenUNet.nchw(2);
        if (engine(name).unavailable(precision).isPresent()) {
            return;
        }
        try (StagedGraph graph = staged(engine(name), unet, precision)) {
            List<List<Feature>> anchors = anchors(graph, unet);
            for (int cut : new int[] {0, 1}) {
                List<Feature> features =
                        IntStream.of(2, 1, 0).mapToObj(a -> anchors.get(a).get(cut)).toList();
                INDArray reused =
                        graph.runCached(inputs(unet, 5), cut, Blend.of(features.get(0))).dup();
                INDArray summed =
                        graph.runCached(inputs(unet, 5), cut, Blend.of(features, 1, 0, 0)).dup();
                Bits.assertSame(reused, summed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"samediff", "nd4j", "onednn"})
    void aStepInTwoPartsIsTheStepBitForBit(String name) {
        UNet unet = HandWrittenUNet.nchw(2);
        try (StagedGraph graph = staged(engine(name), unet, Precision.F32)) {
            List<Feature> one = List.of(new Feature(), new Feature());
            List<Feature> two = List.of(new Feature(), new Feature());
            INDArray whole = graph.runFull(inputs(unet, 1), one).dup();
            INDArray skip = graph.runPrefix(inputs(unet, 1), 0);
            assertTrue(skip.amaxNumber().doubleValue() > 0);
            Bits.assertSame(whole, graph.finishFull(two).dup());
            INDArray cached = graph.runCached(inputs(unet, 2), 1, Blend.of(one.get(1))).dup();
            graph.runPrefix(inputs(unet, 2), 1);
            Bits.assertSame(cached, graph.finishCached(Blend.of(two.get(1))));
        }
    }

    @Test
    void wrongUseIsNamed() {
        UNet unet = HandWrittenUNet.nchw(1);
        Map<String, String> messages = new HashMap<>();
        try (StagedGraph graph = staged(engine("nd4j"), unet, Precision.F32)) {
            Feature empty = new Feature();
            messages.put(
                    "empty",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> graph.runCached(inputs(unet, 1), 0, Blend.of(empty)))
                            .getMessage());
            messages.put(
                    "cut",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> graph.runPrefix(inputs(unet, 1), 2))
                            .getMessage());
            messages.put(
                    "prefix",
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> graph.finishFull(List.of(empty, empty)))
                            .getMessage());
        }
        assertEquals("the feature is empty; run a full step first", messages.get("empty"));
        assertEquals("cut 2; the graph was compiled with 2", messages.get("cut"));
        assertEquals("no prefix was run; call runPrefix first", messages.get("prefix"));
        List<CachePlan> wrongOrder =
                List.of(HandWrittenUNet.plan(unet, 1), HandWrittenUNet.plan(unet, 0));
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        DeepCacheRewriter.compile(
                                                engine("nd4j"),
                                                unet.sameDiff(),
                                                wrongOrder,
                                                false,
                                                unet.ports().inputShapes(),
                                                Precision.F32))
                        .getMessage()
                        .contains("name the cuts from the outermost in"));
    }
}
