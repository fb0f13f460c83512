// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import static io.github.deepcache4j.testing.HandWrittenUNet.inputs;
import static io.github.deepcache4j.testing.HandWrittenUNet.plan;
import static io.github.deepcache4j.testing.HandWrittenUNet.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.testing.Bits;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.UNet;
import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;

class GatedGraphTest {

    private static INDArray call(SameDiff sd, INDArray x, double timestep) {
        return sd.output(inputs(x, timestep), "eps").get("eps");
    }

    /** What a cached step must give: the cached graph of the split on an earlier boundary. */
    private static INDArray expected(CacheSplit split, INDArray x, double t, INDArray boundary) {
        Map<String, INDArray> fed = new LinkedHashMap<>(inputs(x, t));
        fed.put(split.plan().boundary(), boundary);
        return split.cached().output(fed, "eps").get("eps");
    }

    private static INDArray boundary(CacheSplit split, INDArray x, double t) {
        String name = split.plan().boundary();
        return split.full().output(inputs(x, t), name).get(name);
    }

    @ParameterizedTest
    @CsvSource({"nchw,0", "nchw,1", "nhwc,0", "nhwc,1"})
    void stockOutputFollowsTheSchedule(String layout, int branch) {
        UNet unet = layout.equals("nchw") ? HandWrittenUNet.nchw(2) : HandWrittenUNet.nhwc(2);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, branch));
        GatedGraph gated = DeepCacheRewriter.gate(unet, plan(unet, branch));
        gated.sameDiff().setListeners(new DeepCacheListener(step -> step % 3 == 0));
        INDArray kept = null;
        for (int step = 0; step < 8; step++) {
            INDArray x = sample(unet, step);
            double t = 700 - 100 * step;
            INDArray actual = call(gated.sameDiff(), x, t);
            if (step % 3 == 0) {
                kept = boundary(split, x, t);
                Bits.assertSame(call(unet.sameDiff(), x, t), actual);
            } else {
                Bits.assertSame(expected(split, x, t, kept), actual);
            }
        }
    }

    @Test
    void withoutAListenerEveryCallIsFull() {
        UNet unet = HandWrittenUNet.nchw(1);
        GatedGraph gated = DeepCacheRewriter.gate(unet, plan(unet, 0));
        for (int step = 0; step < 3; step++) {
            INDArray x = sample(unet, step);
            Bits.assertSame(call(unet.sameDiff(), x, 5), call(gated.sameDiff(), x, 5));
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void aCachedStepRunsNoDeepOperation(int branch) {
        UNet unet = HandWrittenUNet.nchw(1);
        GatedGraph gated = DeepCacheRewriter.gate(unet, plan(unet, branch));
        Set<String> deep = Cone.deep(unet.sameDiff(), "eps", "up" + branch);
        Set<String> all = Cone.of(unet.sameDiff(), List.of("eps"), Set.of()).operations();
        assertTrue(deep.size() > 10);
        OpRecorder recorder = new OpRecorder();
        gated.sameDiff().setListeners(new DeepCacheListener(step -> step == 0), recorder);
        call(gated.sameDiff(), sample(unet, 0), 9);
        assertTrue(recorder.operations.containsAll(all));
        recorder.operations.clear();
        call(gated.sameDiff(), sample(unet, 1), 8);
        Set<String> shallow = new HashSet<>(all);
        shallow.removeAll(deep);
        assertTrue(recorder.operations.containsAll(shallow));
        recorder.operations.retainAll(deep);
        assertEquals(Set.of(), recorder.operations);
    }

    @Test
    void oneSwitchPerTensorThatEntersTheDeepRegion() {
        UNet unet = HandWrittenUNet.nchw(1);
        SameDiff sd = DeepCacheRewriter.gate(unet, plan(unet, 0)).sameDiff();
        long switches =
                sd.getOps().values().stream()
                        .filter(op -> op.getOp().opName().equals("switch"))
                        .count();
        // down0, the time embedding (read by three deep blocks) and the cache
        assertEquals(3, switches);
        assertSame(
                unet.sameDiff().getVariable("middle/conv1/w").getArr(),
                sd.getVariable("middle/conv1/w").getArr());
    }

    @Test
    void aRisingTimestepAndResetStartARunAnew() {
        UNet unet = HandWrittenUNet.nchw(1);
        GatedGraph gated = DeepCacheRewriter.gate(unet, plan(unet, 0));
        DeepCacheListener listener = new DeepCacheListener(step -> step == 0);
        gated.sameDiff().setListeners(listener);
        INDArray x = sample(unet, 0);
        double[] timesteps = {9, 8, 8, 7, 9, 3};
        int[] fullCalls = {1, 1, 1, 1, 2, 2};
        for (int i = 0; i < timesteps.length; i++) {
            call(gated.sameDiff(), x, timesteps[i]);
            assertEquals(fullCalls[i], listener.fullCalls(), "call " + i);
        }
        listener.reset();
        call(gated.sameDiff(), x, 2);
        assertEquals(3, listener.fullCalls());
        assertEquals(4, listener.cachedCalls());
    }

    @Test
    void aChangedBatchStartsARunAnewAndIsCachedFromThenOn() {
        SameDiff source = HandWrittenUNet.anyBatch();
        GatedGraph gated = DeepCacheRewriter.gate(source, plan(Shape.of(1, 6, 8, 8), 0), "x", "t");
        DeepCacheListener listener = new DeepCacheListener(step -> step == 0);
        gated.sameDiff().setListeners(listener);
        INDArray one = sample(HandWrittenUNet.nchw(1), 1);
        INDArray three = sample(HandWrittenUNet.nchw(3), 1);
        call(gated.sameDiff(), one, 9);
        call(gated.sameDiff(), one, 8);
        assertEquals(1, listener.fullCalls());
        Bits.assertSame(call(source, three, 7), call(gated.sameDiff(), three, 7));
        INDArray sameStep = call(gated.sameDiff(), three, 7);
        Bits.assertSame(call(source, three, 7), sameStep);
        assertEquals(2, listener.fullCalls());
        assertEquals(2, listener.cachedCalls());
        Bits.assertSame(call(source, one, 6), call(gated.sameDiff(), one, 6));
        assertEquals(3, listener.fullCalls());
    }

    @Test
    void guidanceKeepsAFeatureForEachKey() {
        UNet unet = HandWrittenUNet.nchw(1);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 0));
        SameDiff keyed = DeepCacheRewriter.gate(unet, plan(unet, 0)).sameDiff();
        SameDiff turns = DeepCacheRewriter.gate(unet, plan(unet, 0)).sameDiff();
        DeepCacheListener byKey = new DeepCacheListener(step -> step % 2 == 0);
        keyed.setListeners(byKey);
        turns.setListeners(DeepCacheListener.alternating(step -> step % 2 == 0, "cond", "uncond"));
        Map<String, INDArray> kept = new LinkedHashMap<>();
        for (int step = 0; step < 4; step++) {
            for (String key : List.of("cond", "uncond")) {
                INDArray x = sample(unet, key.length() * 10 + step);
                double t = 9 - step;
                INDArray expected;
                if (step % 2 == 0) {
                    kept.put(key, boundary(split, x, t));
                    expected = call(unet.sameDiff(), x, t);
                } else {
                    expected = expected(split, x, t, kept.get(key));
                }
                byKey.key(key);
                Bits.assertSame(expected, call(keyed, x, t));
                Bits.assertSame(expected, call(turns, x, t));
            }
        }
        assertEquals(4, byKey.fullCalls());
        assertEquals(4, byKey.cachedCalls());
    }

    @Test
    void twoListenersOnOneGraphKeepTwoFeatures() {
        UNet unet = HandWrittenUNet.nchw(1);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 0));
        SameDiff sd = DeepCacheRewriter.gate(unet, plan(unet, 0)).sameDiff();
        List<DeepCacheListener> listeners =
                List.of(
                        new DeepCacheListener(step -> step == 0),
                        new DeepCacheListener(step -> step == 0));
        INDArray[] kept = new INDArray[2];
        for (int step = 0; step < 3; step++) {
            for (int i = 0; i < 2; i++) {
                INDArray x = sample(unet, 7 * i + step);
                sd.setListeners(listeners.get(i));
                INDArray actual = call(sd, x, 9 - step);
                if (step == 0) {
                    kept[i] = boundary(split, x, 9);
                } else {
                    Bits.assertSame(expected(split, x, 9 - step, kept[i]), actual);
                }
            }
        }
    }

    @Test
    void survivesStockSaveAndLoad(@TempDir Path folder) {
        UNet unet = HandWrittenUNet.nhwc(2);
        CacheSplit split = DeepCacheRewriter.split(unet, plan(unet, 0));
        GatedGraph gated = DeepCacheRewriter.gate(unet, plan(unet, 0));
        gated.sameDiff().setListeners(new DeepCacheListener(step -> step == 0));
        call(gated.sameDiff(), sample(unet, 0), 9);
        call(gated.sameDiff(), sample(unet, 1), 8);
        File file = folder.resolve("sub/gated.fb").toFile();
        gated.save(file);
        SameDiff stock = SameDiff.load(file, false);
        GatedGraph loaded = GatedGraph.load(file);
        assertEquals("up0", loaded.boundary());
        assertEquals("x", loaded.sample());
        assertEquals("t", loaded.timestep());
        for (SameDiff sd : List.of(stock, loaded.sameDiff())) {
            Bits.assertSame(
                    call(unet.sameDiff(), sample(unet, 5), 3), call(sd, sample(unet, 5), 3));
            sd.setListeners(new DeepCacheListener(step -> step == 0));
            Bits.assertSame(
                    call(unet.sameDiff(), sample(unet, 2), 9), call(sd, sample(unet, 2), 9));
            Bits.assertSame(
                    expected(split, sample(unet, 3), 8, boundary(split, sample(unet, 2), 9)),
                    call(sd, sample(unet, 3), 8));
        }
    }

    @Test
    void resultsOfEarlierCallsStayAsTheyWere() {
        UNet unet = HandWrittenUNet.nchw(1);
        SameDiff sd = DeepCacheRewriter.gate(unet, plan(unet, 0)).sameDiff();
        sd.setListeners(new DeepCacheListener(step -> step % 2 == 0));
        INDArray first = call(sd, sample(unet, 0), 9);
        INDArray copy = first.dup();
        for (int step = 1; step < 6; step++) {
            call(sd, sample(unet, step), 9 - step);
        }
        Bits.assertSame(copy, first);
    }

    private static final class OpRecorder extends BaseListener {
        final Set<String> operations = new HashSet<>();

        @Override
        public boolean isActive(Operation operation) {
            return true;
        }

        @Override
        public void opExecution(
                SameDiff sd,
                At at,
                MultiDataSet batch,
                SameDiffOp op,
                OpContext context,
                INDArray[] outputs) {
            operations.add(op.getName());
        }
    }
}
