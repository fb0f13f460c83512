// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.RandomInputs;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operators in any company: random graphs give the numbers of ONNX Runtime. Finds what tests of
 * single operators do not: pattern rewrites and merged reshapes next to what they were not written
 * for, views as operands, results that are outputs as well.
 */
class RandomGraphPropertyTest {

    private static final int GRAPHS = 300;
    private static final double TOLERANCE = 1e-4;

    @TempDir static Path folder;

    @Test
    void randomGraphsGiveTheNumbersOfOnnxRuntime() throws IOException {
        List<String> faults = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        Set<String> steps = new TreeSet<>();
        for (int seed = 0; seed < GRAPHS; seed++) {
            RandomOnnxGraph graph = RandomOnnxGraph.of(seed);
            steps.addAll(graph.steps());
            int nodes = graph.nodeCount();
            assertTrue(nodes >= 5 && nodes <= 40, "seed " + seed + ": " + nodes + " nodes");
            Path file = folder.resolve("random.onnx");
            Files.write(file, graph.model().toByteArray());
            ImportedGraph imported;
            try {
                imported = UNetImporter.graph(file, ImportOptions.none());
            } catch (ImportException e) {
                refusals.add("seed " + seed + ": " + e.getMessage());
                continue;
            }
            String fault = difference(imported, file, seed);
            if (!fault.isEmpty()) {
                faults.add("seed " + seed + ": " + fault + "\n" + graph);
            }
        }
        System.out.println(refusals.size() + " refused\n" + String.join("\n", refusals));
        assertEquals(0, faults.size(), () -> String.join("\n", faults));
        assertTrue(refusals.size() <= GRAPHS / 20, () -> String.join("\n", refusals));
        assertEquals(new TreeSet<>(RandomOnnxGraph.allSteps().keySet()), steps);
    }

    /** What differs from ONNX Runtime; empty if nothing. */
    private static String difference(ImportedGraph graph, Path file, int seed) {
        Map<String, INDArray> inputs = RandomInputs.seeded(graph, seed);
        String[] names = graph.outputs().stream().map(Port::name).toArray(String[]::new);
        try (OnnxReference reference = OnnxReference.open(file, 1)) {
            Map<String, INDArray> expected = reference.run(inputs);
            Map<String, INDArray> actual = graph.sameDiff().output(inputs, names);
            ParityCheck check = ParityCheck.compare(actual, expected);
            return check.within(TOLERANCE) ? "" : check.toString();
        } catch (IllegalArgumentException | IllegalStateException | ImportException e) {
            return e.toString();
        }
    }
}
