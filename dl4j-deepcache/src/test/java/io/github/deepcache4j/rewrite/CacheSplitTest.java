// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import static io.github.deepcache4j.testing.HandWrittenUNet.plan;
import static io.github.deepcache4j.testing.HandWrittenUNet.sample;
import static io.github.deepcache4j.testing.HandWrittenUNet.step;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.testing.Bits;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

class CacheSplitTest {

    private static UNet unet(String layout) {
        return layout.equals("nchw") ? HandWrittenUNet.nchw(2) : HandWrittenUNet.nhwc(2);
    }

    @ParameterizedTest
    @CsvSource({"nchw,0", "nchw,1", "nhwc,0", "nhwc,1"})
    void fullIsTheOriginalAndCachedIsFullOnTheSameStep(String layout, int branch) {
        UNet unet = unet(layout);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, branch));
        Map<String, INDArray> inputs = unet.bind(sample(unet, 1), step(unet, 0, 500));
        SplitCheck check =
                SplitCheck.run(unet.sameDiff(), split, inputs, new SameDiffEngine(), Precision.F32);
        assertEquals(0, check.fullMaxAbs());
        assertEquals(0, check.cachedMaxAbs());
        assertTrue(check.referenceMax() > 0.01);
        assertTrue(check.within(0));
    }

    @Test
    void bothGraphsHoldTheSourcesArrayObjects() {
        UNet unet = HandWrittenUNet.nchw(1);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 0));
        int shared = 0;
        for (SDVariable variable : split.cached().variables()) {
            if (variable.getVariableType().name().matches("VARIABLE|CONSTANT")) {
                INDArray array = variable.getArr();
                assertSame(unet.sameDiff().getVariable(variable.name()).getArr(), array);
                assertSame(split.full().getVariable(variable.name()).getArr(), array);
                shared++;
            }
        }
        assertTrue(shared > 10);
        assertFalse(split.cached().hasVariable("middle/conv1/w"));
        assertTrue(split.full().hasVariable("middle/conv1/w"));
    }

    @Test
    void anotherStepsBoundaryGivesAnotherPrediction() {
        UNet unet = HandWrittenUNet.nchw(2);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 0));
        Map<String, INDArray> first = unet.bind(sample(unet, 1), step(unet, 0, 500));
        Map<String, INDArray> second = unet.bind(sample(unet, 2), step(unet, 1, 480));
        INDArray boundary = split.full().output(first, "up0").get("up0");
        Map<String, INDArray> fed = new LinkedHashMap<>(second);
        fed.put("up0", boundary);
        INDArray cached = split.cached().output(fed, "eps").get("eps");
        INDArray exact = unet.sameDiff().output(second, "eps").get("eps");
        assertTrue(Bits.maxDifference(exact, cached) > 1e-3);
    }

    @Test
    void savedSplitLoadsWithSharedWeightsAndEachFileWithStockSameDiff(@TempDir Path folder) {
        UNet unet = HandWrittenUNet.nhwc(2);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 1));
        Path target = folder.resolve("new/split");
        split.save(target);
        split.save(target);
        CacheSplit loaded = CacheSplit.load(target);
        assertEquals(split.plan(), loaded.plan());
        assertSame(
                loaded.full().getVariable("dec0/conv1/w").getArr(),
                loaded.cached().getVariable("dec0/conv1/w").getArr());
        Map<String, INDArray> inputs = unet.bind(sample(unet, 3), step(unet, 0, 100));
        SplitCheck check =
                SplitCheck.run(
                        unet.sameDiff(), loaded, inputs, new SameDiffEngine(), Precision.F32);
        assertTrue(check.within(0));

        SameDiff stock = SameDiff.load(target.resolve("full.fb").toFile(), false);
        Bits.assertSame(
                unet.sameDiff().output(inputs, "eps").get("eps"),
                stock.output(inputs, "eps").get("eps"));
        SameDiff cached = SameDiff.load(target.resolve("cached.fb").toFile(), false);
        Map<String, INDArray> fed = new LinkedHashMap<>(inputs);
        fed.put("up1", stock.output(inputs, "up1").get("up1"));
        Bits.assertSame(
                stock.output(inputs, "eps").get("eps"), cached.output(fed, "eps").get("eps"));
        assertEquals(3, files(target).size());
    }

    private static List<Path> files(Path folder) {
        try (var files = Files.list(folder)) {
            return files.toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
