// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.importer.ImagePorts;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.importer.dl4j.Dl4jImporter;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.rewrite.DeepCacheListener;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.rewrite.GatedGraph;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.model.UNet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The U-Net of DL4J's zoo (31 M parameters, Ronneberger et al. 2015): converted, cut, gated. */
class ZooUNetTest {

    private static final double TOLERANCE = 1e-5;

    private static ComputationGraph network;
    private static ImportedGraph imported;
    private static ImagePorts ports;
    private static AnatomyResult anatomy;

    @BeforeAll
    static void convert() {
        network = UNet.builder().inputShape(new int[] {3, 32, 32}).seed(1).build().init();
        String input = network.getConfiguration().getNetworkInputs().get(0);
        imported = Dl4jImporter.of(network).at(ImportOptions.none().withShape(input, 1, 3, 32, 32));
        ports = UNetImporter.withoutTimestep(imported, ImportOptions.none()).orElseThrow();
        anatomy =
                SkipFinder.find(
                        GraphReader.read(
                                imported.sameDiff(),
                                List.of(ports.output().name()),
                                imported.inputShapes()),
                        ports.sample().name(),
                        ports.output().name());
    }

    private static INDArray image(int seed) {
        Nd4j.getRandom().setSeed(seed);
        return Nd4j.rand(DataType.FLOAT, 1, 3, 32, 32);
    }

    private static INDArray run(GatedGraph gated, INDArray image) {
        String output = ports.output().name();
        return gated.sameDiff()
                .output(Map.of(ports.sample().name(), image), output)
                .get(output)
                .dup();
    }

    private static void assertClose(INDArray expected, INDArray actual) {
        ParityCheck check = ParityCheck.compare(Map.of("y", actual), Map.of("y", expected));
        assertTrue(check.within(TOLERANCE), check::toString);
    }

    @Test
    void sameNumbersAsTheNetwork() {
        INDArray image = image(3);
        String output = ports.output().name();
        assertClose(
                network.outputSingle(image),
                imported.sameDiff()
                        .output(Map.of(ports.sample().name(), image), output)
                        .get(output));
    }

    /** The paper's network copies and crops at four levels. */
    @Test
    void fourBranches() {
        assertEquals(4, ((Found) anatomy).anatomy().skips().size());
    }

    @Test
    void gatedGraphInStockCode() {
        CachePlan plan = CachePlanner.atBranch(anatomy, 1).orThrow();
        GatedGraph gated = DeepCacheRewriter.gate(imported.sameDiff(), plan, ports.sample().name());
        DeepCacheListener listener = new DeepCacheListener(step -> step % 3 == 0);
        gated.sameDiff().setListeners(listener);
        INDArray first = image(1);
        INDArray second = image(2);
        assertClose(network.outputSingle(first), run(gated, first));
        // the same image with its own deep features, then another one with those of the first
        assertClose(network.outputSingle(first), run(gated, first));
        INDArray stale = run(gated, second);
        assertNotEquals(network.outputSingle(second), stale);
        assertClose(network.outputSingle(second), run(gated, second));
        assertEquals(2, listener.fullCalls());
        assertEquals(2, listener.cachedCalls());
    }
}
