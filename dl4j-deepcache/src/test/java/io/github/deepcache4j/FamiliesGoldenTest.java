// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.rewrite.SplitCheck;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * U-Nets that are none of diffusers' 2-d ones: numbers against PyTorch in every engine; branches,
 * boundaries and multiply-accumulates against those that {@code make_families.py} counts in the
 * modules; cuts at every branch.
 */
class FamiliesGoldenTest {

    private static final Path FAMILIES =
            Path.of(System.getProperty("deepcache.fixtures"), "families");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adm.ts17",
                "adm.dynamo18",
                "consistency.dynamo18",
                "segmentation.ts17",
                "dance.dynamo18",
                "temporal.ts17",
                "temporal.dynamo18"
            })
    void numbersAndBranches(String file) throws IOException {
        String net = file.substring(0, file.indexOf('.'));
        Map<String, INDArray> golden = NpzFile.read(FAMILIES.resolve(net + ".npz"));
        ImportedGraph model = open(file, golden);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        model.inputs().forEach(port -> inputs.put(port.name(), golden.get(port.name())));
        String output = model.outputs().get(0).name();

        for (Engine engine : Engines.all()) {
            if (engine.unavailable(Precision.F32).isEmpty()) {
                ParityCheck check = run(engine, model, inputs, golden);
                assertTrue(check.within(1e-5), () -> engine.name() + ": " + check);
            }
        }
        UNetAnatomy anatomy = anatomy(model, output);
        assertStructure(anatomy, new ObjectMapper().readTree(expected()).get(net));
        for (SkipConnection skip : anatomy.skips()) {
            SplitCheck check =
                    SplitCheck.run(
                            model.sameDiff(),
                            DeepCacheRewriter.split(
                                    model.sameDiff(),
                                    CachePlanner.atBranch(new Found(anatomy), skip.branch())
                                            .orThrow()),
                            inputs,
                            new SameDiffEngine(),
                            Precision.F32);
            assertEquals(0, check.fullMaxAbs());
            assertTrue(check.within(1e-5), () -> "branch " + skip.branch() + ": " + check);
        }
    }

    /** The roles of inputs are told by shapes and by what they feed, whatever their names. */
    @Test
    void ports() throws IOException {
        var adm = UNetImporter.load(FAMILIES.resolve("adm.ts17.onnx")).ports();
        assertEquals("x", adm.sample().name());
        assertEquals("timesteps", adm.timestep().name());
        assertEquals(List.of("y"), adm.conditions().stream().map(Port::name).toList());
        var consistency = UNetImporter.load(FAMILIES.resolve("consistency.dynamo18.onnx")).ports();
        assertEquals("sigma", consistency.timestep().name());
        ImportedGraph segmentation =
                UNetImporter.graph(
                        FAMILIES.resolve("segmentation.ts17.onnx"), ImportOptions.none());
        var images = UNetImporter.withoutTimestep(segmentation, ImportOptions.none()).orElseThrow();
        assertEquals("image", images.sample().name());
        assertEquals("mask", images.output().name());
        ImportedGraph timed =
                UNetImporter.graph(FAMILIES.resolve("temporal.ts17.onnx"), ImportOptions.none());
        assertTrue(UNetImporter.withoutTimestep(timed, ImportOptions.none()).isEmpty());
    }

    private static ImportedGraph open(String file, Map<String, INDArray> golden) {
        Path model = FAMILIES.resolve(file + ".onnx");
        ImportOptions options = ImportOptions.none();
        for (var input : UNetImporter.inputs(model)) {
            options = options.withShape(input.name(), golden.get(input.name()).shape());
        }
        return UNetImporter.graph(model, options);
    }

    private static ParityCheck run(
            Engine engine,
            ImportedGraph model,
            Map<String, INDArray> inputs,
            Map<String, INDArray> golden) {
        List<String> outputs = model.outputs().stream().map(Port::name).toList();
        try (CompiledGraph graph =
                engine.compile(model.sameDiff(), outputs, model.inputShapes(), Precision.F32)) {
            return ParityCheck.compare(graph.run(inputs), golden);
        }
    }

    private static UNetAnatomy anatomy(ImportedGraph model, String output) {
        String sample = model.inputs().get(0).name();
        var graph = GraphReader.read(model.sameDiff(), List.of(output), model.inputShapes());
        return assertInstanceOf(Found.class, SkipFinder.find(graph, sample, output)).anatomy();
    }

    private static void assertStructure(UNetAnatomy anatomy, JsonNode expected) {
        assertEquals(expected.get("macs").asLong(), anatomy.fullMacs().weights());
        JsonNode branches = expected.get("branches");
        assertEquals(branches.size(), anatomy.skips().size());
        for (SkipConnection skip : anatomy.skips()) {
            JsonNode branch = branches.get(skip.branch());
            String message = "branch " + skip.branch();
            assertEquals(sizes(branch.get("skip")), sizes(anatomy, skip.skip()), message);
            assertEquals(sizes(branch.get("boundary")), sizes(anatomy, skip.boundary()), message);
            assertEquals(branch.get("cachedMacs").asLong(), skip.cachedMacs().weights(), message);
        }
    }

    private static String sizes(UNetAnatomy anatomy, int value) {
        return anatomy.graph().value(value).shape().sizes().toString();
    }

    private static String sizes(JsonNode array) {
        return array.toString().replace(",", ", ");
    }

    private static File expected() {
        return FAMILIES.resolve("families.json").toFile();
    }
}
