// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A U-Net after the tools that users run on their files; {@code make_variants.py} makes the files.
 * The numbers are those of the network before, in both ways of running a graph: onnxsim's product
 * of query, key and value in one was once imported well and lowered wrongly. Their weights lie in
 * the file of the network before ({@code share_weights.py}). The variants of the other networks are
 * run by hand, by {@code verify_variants.sh}.
 */
class VariantsGoldenTest {

    private static final Path UNETS = Path.of(System.getProperty("deepcache.fixtures"), "unets");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ddpm.dynamo21.sim.onnx,1e-4",
        "ddpm.dynamo21.basic.onnx,1e-4",
        "ddpm.dynamo21.extended.onnx,1e-4",
        "ddpm.dynamo21.external.onnx,1e-4",
        "ddpm.dynamo21.half.onnx,5e-3"
    })
    void sameNumbers(String file, double tolerance) throws IOException {
        Map<String, INDArray> golden = NpzFile.read(UNETS.resolve("ddpm.npz"));
        ImportedGraph graph =
                UNetImporter.open(UNETS.resolve(file))
                        .at(ImportOptions.none().withShape("sample", golden.get("sample").shape()));
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Port port : graph.inputs()) {
            inputs.put(port.name(), golden.get(port.name()));
        }
        for (Engine engine : List.of(new SameDiffEngine(), new Nd4jEngine())) {
            try (CompiledGraph compiled =
                    engine.compile(
                            graph.sameDiff(),
                            List.of("out_sample"),
                            graph.inputShapes(),
                            Precision.F32)) {
                ParityCheck check = ParityCheck.compare(compiled.run(inputs), golden);
                assertTrue(check.within(tolerance), () -> engine.name() + ": " + check);
            }
        }
    }
}
