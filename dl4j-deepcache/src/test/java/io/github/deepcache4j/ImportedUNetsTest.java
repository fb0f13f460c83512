// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.rewrite.CacheSplit;
import io.github.deepcache4j.rewrite.DeepCacheListener;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.rewrite.GatedGraph;
import io.github.deepcache4j.rewrite.SplitCheck;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
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

/** Splits and gates of imported U-Nets, on the inputs recorded beside them. */
class ImportedUNetsTest {

    @ParameterizedTest(name = "{0} branch {1}")
    @CsvSource({
        "ddpm.dynamo21.onnx,0",
        "ddpm.dynamo21.onnx,4",
        "ddpm.dynamo21.onnx,8",
        "adm.ts17.onnx,0",
        "adm.ts17.onnx,1",
        "adm.ts17.onnx,2",
        "adm.ts17.onnx,3",
        "adm.ts17.onnx,4",
        "adm.ts17.onnx,5",
        "sd.dynamo18.onnx,0",
        "sd.dynamo18.onnx,11",
        "sdxl.ts17.onnx,3",
        "sdcontrol.ts17.onnx,0",
        "sdcontrol.ts17.onnx,7"
    })
    void fullEqualsOriginalAndCachedEqualsFull(String file, int branch) throws IOException {
        check(Fixtures.unet(file), file, branch);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({
        "ddpm.ts14.onnx,9",
        "ddpm.dynamo21.onnx,9",
        "adm.ts17.onnx,6",
        "adm.dynamo18.onnx,6",
        "sd.dynamo18.onnx,12",
        "sdxl.ts17.onnx,9",
        "sdxl.dynamo18.onnx,9",
        "sdcontrol.ts17.onnx,12"
    })
    void everyBranch(String file, int branches) throws IOException {
        UNet unet = file.equals("ddpm.ts14.onnx") ? Fixtures.unet(file, 2) : Fixtures.unet(file);
        for (int branch = 0; branch < branches; branch++) {
            check(unet, file, branch);
        }
    }

    private static void check(UNet unet, String file, int branch) throws IOException {
        CachePlan plan = CachePlanner.atBranch(unet, branch).orThrow();
        CacheSplit split = DeepCacheRewriter.split(unet, plan);
        SplitCheck check =
                SplitCheck.run(
                        unet.sameDiff(),
                        split,
                        inputs(unet, file),
                        new SameDiffEngine(),
                        Precision.F32);
        assertEquals(0, check.fullMaxAbs());
        assertTrue(check.cachedMaxAbs() <= 1e-5, plan + ": " + check);
        assertOneSetOfWeights(unet.sameDiff(), split);
    }

    private static void assertOneSetOfWeights(SameDiff original, CacheSplit split) {
        int shared = 0;
        for (var variable : split.cached().variables()) {
            if (variable.isConstant()) {
                INDArray weights = variable.getArr();
                assertSame(weights, split.full().getVariable(variable.name()).getArr());
                assertSame(weights, original.getVariable(variable.name()).getArr());
                shared++;
            }
        }
        assertTrue(shared > 10, "a cached step needs weights");
    }

    /**
     * The gate gives the numbers of the split, step by step; no deep operation runs on a cached
     * step.
     */
    @Test
    void gateEqualsSplit(@TempDir Path folder) throws IOException {
        UNet unet = Fixtures.unet("ddpm.dynamo21.onnx");
        CachePlan plan = CachePlanner.atBranch(unet, 1).orThrow();
        GatedGraph made = DeepCacheRewriter.gate(unet, plan);
        File file = folder.resolve("gated.fb").toFile();
        made.save(file);
        INDArray sample = inputs(unet, "ddpm.dynamo21.onnx").get("sample");
        for (SameDiff sd : new SameDiff[] {made.sameDiff(), SameDiff.load(file, false)}) {
            Recorder recorder = new Recorder();
            sd.setListeners(new DeepCacheListener(new UniformSchedule(3)), recorder);
            try (DeepCacheSession session =
                    DeepCacheSession.of(unet, plan, new UniformSchedule(3)).open()) {
                Set<String> everything = Set.of();
                for (int step = 0; step < 5; step++) {
                    recorder.ran.clear();
                    Step now = Step.of(step, 900 - 100 * step);
                    INDArray x = sample.mul(1 - 0.1 * step);
                    INDArray gated = sd.output(unet.bind(x, now), plan.output()).get(plan.output());
                    assertEquals(0, gated.sub(session.predict(x, now)).amaxNumber().doubleValue());
                    everything = step == 0 ? new HashSet<>(recorder.ran) : everything;
                    assertEquals(step % 3 == 0, recorder.ran.contains(plan.boundary()));
                    assertTrue(step % 3 == 0 || recorder.ran.size() < everything.size() / 3);
                }
                assertFalse(session.events().isEmpty());
            }
        }
    }

    private static Map<String, INDArray> inputs(UNet unet, String file) throws IOException {
        String net = file.substring(0, file.indexOf('.'));
        Map<String, INDArray> arrays = NpzFile.read(Fixtures.UNETS.resolve(net + ".npz"));
        Map<String, INDArray> conditions = new LinkedHashMap<>();
        unet.ports()
                .conditions()
                .forEach(port -> conditions.put(port.name(), arrays.get(port.name())));
        Step step = Step.of(0, 481).withConditions(conditions);
        return unet.bind(arrays.get("sample"), step);
    }

    private static final class Recorder extends BaseListener {

        final Set<String> ran = new HashSet<>();

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
            IntStream.range(0, outputs.length)
                    .filter(i -> outputs[i] != null)
                    .forEach(i -> ran.add(op.getOutputsOfOp().get(i)));
        }
    }
}
