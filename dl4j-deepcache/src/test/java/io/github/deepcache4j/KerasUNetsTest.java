// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.importer.ImagePorts;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.RandomInputs;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.rewrite.SplitCheck;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.UncachedPredictor;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Branches, cuts, engines and a cached run of U-Nets that Keras has saved. */
class KerasUNetsTest {

    private static final Path FOLDER = Fixtures.UNETS.resolveSibling("keras");

    private static ImportedGraph imported(String file) {
        return UNetImporter.graph(FOLDER.resolve(file), ImportOptions.none());
    }

    private static AnatomyResult anatomy(ImportedGraph model) {
        ImagePorts ports = UNetImporter.imagePorts(model, ImportOptions.none());
        DataflowGraph graph =
                GraphReader.read(
                        model.sameDiff(), List.of(ports.output().name()), model.inputShapes());
        return SkipFinder.find(graph, ports.sample().name(), ports.output().name());
    }

    /** Fed with the same step's boundary, the cached graph gives the full output. */
    @ParameterizedTest
    @CsvSource({
        "ddim.h5,6",
        "ddpm.keras,6",
        "latent.keras,6",
        "segmentation.keras,3",
        "k2_segmentation.h5,3"
    })
    void branchesAndTheirCuts(String file, int branches) {
        ImportedGraph model = imported(file);
        AnatomyResult anatomy = anatomy(model);
        assertTrue(anatomy instanceof Found, anatomy::toString);
        assertEquals(branches, ((Found) anatomy).anatomy().skips().size());
        Map<String, INDArray> inputs = RandomInputs.seeded(model, 3);
        for (int branch = 0; branch < branches; branch += branches - 1) {
            CachePlan plan = CachePlanner.atBranch(anatomy, branch).orThrow();
            SplitCheck check =
                    SplitCheck.run(
                            model.sameDiff(),
                            DeepCacheRewriter.split(model.sameDiff(), plan),
                            inputs,
                            new SameDiffEngine(),
                            Precision.F32);
            assertTrue(check.within(1e-5), plan + ": " + check);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nd4j,ddim.h5",
        "nd4j,ddpm.keras",
        "nd4j,latent.keras",
        "nd4j,segmentation.keras",
        "onednn,ddim.h5",
        "onednn,ddpm.keras",
        "onednn,latent.keras",
        "onednn,segmentation.keras"
    })
    void enginesEqualSameDiff(String name, String file) {
        Engine engine =
                Engines.all().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
        assumeTrue(engine.unavailable(Precision.F32).isEmpty());
        ImportedGraph model = imported(file);
        Map<String, INDArray> inputs = RandomInputs.seeded(model, 4);
        ParityCheck check =
                ParityCheck.compare(
                        run(engine, model, inputs), run(new SameDiffEngine(), model, inputs));
        assertTrue(check.within(2e-5), check.toString());
    }

    private static Map<String, INDArray> run(
            Engine engine, ImportedGraph model, Map<String, INDArray> inputs) {
        List<String> outputs = model.outputs().stream().map(port -> port.name()).toList();
        try (CompiledGraph graph =
                engine.compile(model.sameDiff(), outputs, model.inputShapes(), Precision.F32)) {
            Map<String, INDArray> results = new LinkedHashMap<>();
            graph.run(inputs).forEach((output, array) -> results.put(output, array.dup()));
            return results;
        }
    }

    /** The run that make_cached_run.py made in Keras with models split by hand. */
    @Test
    void aCachedRunEqualsKeras() throws IOException {
        Map<String, INDArray> recorded = NpzFile.read(FOLDER.resolve("cached_run.npz"));
        UNet unet = UNetImporter.load(FOLDER.resolve("ddpm.keras"), ImportOptions.none());
        CachePlan plan = CachePlanner.atBranch(unet, 2).orThrow();
        Engine engine = new SameDiffEngine();
        try (DeepCacheSession cached =
                        DeepCacheSession.of(unet, plan, new UniformSchedule(3))
                                .engine(engine, Precision.F32)
                                .open();
                UncachedPredictor uncached =
                        UncachedPredictor.of(unet, engine, Precision.F32, 1, event -> {})) {
            assertClose(recorded.get("uncached"), sample(uncached, recorded));
            assertClose(recorded.get("cached"), sample(cached, recorded));
        }
        double effect =
                recorded.get("cached").sub(recorded.get("uncached")).amaxNumber().doubleValue();
        assertTrue(effect > 1e-2, "caching changes nothing here: " + effect);
    }

    private static INDArray sample(NoisePredictor network, Map<String, INDArray> recorded) {
        NoiseSchedule schedule = NoiseSchedule.linear().withoutClipping();
        return SamplingLoop.of(SamplerFactory.of(SamplerKind.DDIM, schedule).sampler(10), network)
                .run(
                        recorded.get("noise").dup(),
                        Map.of(),
                        NoiseSource.seeded(0),
                        StepListener.NONE);
    }

    private static void assertClose(INDArray expected, INDArray actual) {
        double error = actual.sub(expected).amaxNumber().doubleValue();
        assertTrue(error <= 1e-3 * expected.amaxNumber().doubleValue(), "off by " + error);
    }
}
