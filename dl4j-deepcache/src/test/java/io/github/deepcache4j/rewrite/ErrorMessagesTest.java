// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import static io.github.deepcache4j.testing.HandWrittenUNet.plan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.UNet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ErrorMessagesTest {

    @TempDir Path folder;

    private final UNet unet = HandWrittenUNet.nchw(1);

    private static String messageOf(Runnable action) {
        return assertThrows(IllegalArgumentException.class, action::run).getMessage();
    }

    private CacheSplit split() {
        return DeepCacheRewriter.split(unet, plan(unet, 0));
    }

    @Test
    void aPlanOfAnotherModelHasAllReasons() {
        CachePlan foreign = new CachePlan(0, "m", "s", "nope", Shape.of(1), "neither", 2, 1);
        assertEquals(
                "cannot rewrite: the graph has no tensor neither; the graph has no tensor nope",
                messageOf(() -> DeepCacheRewriter.split(unet, foreign)));
        assertTrue(
                messageOf(() -> DeepCacheRewriter.gate(unet, foreign))
                        .contains("the graph has no tensor nope"));
    }

    @Test
    void aFolderThatIsAFileCannotBeWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(
                "cannot write to the folder " + file + "; give one that can be written",
                messageOf(() -> split().save(file)));
    }

    @Test
    void aFolderWithoutTheFilesNamesThem() {
        assertEquals(
                folder + " is not a saved split: it lacks [full.fb, cached.fb, plan.json]",
                messageOf(() -> CacheSplit.load(folder)));
    }

    @Test
    void aPlanThatIsNoPlanIsNamed() throws IOException {
        split().save(folder);
        Path plan = folder.resolve("plan.json");
        Files.writeString(plan, "{\"branch\": 0}");
        assertTrue(
                messageOf(() -> CacheSplit.load(folder))
                        .startsWith(plan + " is not a plan: it lacks [merge, skip, boundary,"));
        Files.writeString(plan, "not json");
        assertTrue(messageOf(() -> CacheSplit.load(folder)).startsWith(plan + " is not JSON"));
    }

    @Test
    void filesOfTwoModelsDoNotMix() throws IOException {
        Path other = folder.resolve("other");
        split().save(folder);
        UNet changed = HandWrittenUNet.nchw(1);
        changed.sameDiff().getVariable("dec0/conv1/b").getArr().putScalar(0, 0.123456);
        DeepCacheRewriter.split(changed, plan(unet, 0)).save(other);
        Files.copy(
                other.resolve("cached.fb"),
                folder.resolve("cached.fb"),
                StandardCopyOption.REPLACE_EXISTING);
        assertEquals(
                folder
                        + ": full.fb and cached.fb belong to different models; these weights"
                        + " differ: [dec0/conv1/b]",
                messageOf(() -> CacheSplit.load(folder)));
    }

    @Test
    void aGraphThatSameDiffWouldSaveWithALossIsNotSaved() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3);
        SDVariable deep = sd.variance("deep", x.mul(2), false, true, 1);
        x.add("out", deep);
        CacheSplit split =
                DeepCacheRewriter.split(
                        sd, new CachePlan(0, "m", "s", "deep", Shape.of(2, 1), "out", 2, 1));
        assertEquals(
                "full.fb: SameDiff would save these operations without some of their arguments:"
                        + " [var (var)]; write them with other operations",
                messageOf(() -> split.save(folder)));
    }

    @Test
    void aGraphWithoutAGateSaysHowToMakeOne() {
        String message = messageOf(() -> GatedGraph.of(unet.sameDiff()));
        assertTrue(message.startsWith("this graph has no DeepCache gate: it lacks [deepcache/"));
        assertTrue(message.endsWith("make one with DeepCacheRewriter.gate"));
        SameDiff plain = SameDiff.create();
        plain.placeHolder("x", DataType.FLOAT, 1).add("y", 1);
        plain.setListeners(new DeepCacheListener(step -> true));
        assertTrue(
                messageOf(() -> plain.output(Map.of("x", Nd4j.ones(DataType.FLOAT, 1)), "y"))
                        .startsWith("this graph has no DeepCache gate"));
        File missing = folder.resolve("missing.fb").toFile();
        assertEquals(
                missing + " is not a file; give a gated .fb file",
                messageOf(() -> GatedGraph.load(missing)));
    }
}
