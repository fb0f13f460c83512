// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.onnx.OnnxReference;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One file at several sizes: the numbers of ONNX Runtime, and one set of weights. */
class ModelSourceGoldenTest {

    private static final Path UNETS = Path.of(System.getProperty("deepcache.fixtures"), "unets");

    @Test
    void batchHeightWidthAndTokens() {
        twoSizes(
                UNETS.resolve("sd.ts17.onnx"),
                ImportOptions.none()
                        .withShape("sample", 1, 4, 16, 16)
                        .withShape("encoder_hidden_states", 1, 7, 24),
                ImportOptions.none()
                        .withShape("sample", 3, 4, 24, 8)
                        .withShape("encoder_hidden_states", 3, 11, 24));
    }

    @Test
    void batchAlone() {
        twoSizes(
                UNETS.resolve("ddpm.ts14.onnx"),
                ImportOptions.none(),
                ImportOptions.none().withShape("sample", 4, 3, 16, 16));
    }

    private static void twoSizes(Path file, ImportOptions one, ImportOptions other) {
        ModelSource source = UNetImporter.open(file);
        ImportedGraph small = source.at(one);
        ImportedGraph large = source.at(other);
        try (OnnxReference reference = OnnxReference.open(file)) {
            equalsReference(small, reference);
            equalsReference(large, reference);
        }
        Map<String, INDArray> weights = weights(small);
        assertEquals(weights.keySet(), weights(large).keySet());
        assertTrue(weights.size() > 100, () -> weights.size() + " weights");
        weights(large).forEach((name, array) -> assertSame(weights.get(name), array, name));
    }

    private static void equalsReference(ImportedGraph graph, OnnxReference reference) {
        Map<String, INDArray> inputs = RandomInputs.seeded(graph, 7);
        String[] outputs = graph.outputs().stream().map(Port::name).toArray(String[]::new);
        ParityCheck check =
                ParityCheck.compare(
                        graph.sameDiff().output(inputs, outputs), reference.run(inputs));
        assertTrue(check.within(1e-4), check::toString);
    }

    /**
     * Constants that the file holds, and what is derived from them. Names of computed tensors start
     * with a slash; those of composites, a vector of zeros or ones a width, with {@code deepcache}.
     */
    private static Map<String, INDArray> weights(ImportedGraph graph) {
        Map<String, INDArray> weights = new TreeMap<>();
        for (SDVariable variable : graph.sameDiff().variables()) {
            if (variable.isConstant() && !variable.name().matches("(deepcache)?/.*")) {
                weights.put(variable.name(), variable.getArr());
            }
        }
        return weights;
    }
}
