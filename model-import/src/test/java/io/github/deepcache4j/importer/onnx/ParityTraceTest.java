// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.GraphCopy.Cut;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.RandomInputs;
import io.github.deepcache4j.importer.UNetImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.StringStringEntryProto;
import onnx.OnnxMl.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A tensor made wrong, with all that follows from it, is found by its name. */
class ParityTraceTest {

    private static final Path FILE =
            Path.of(System.getProperty("deepcache.fixtures"), "unets", "ddpm.ts14.onnx");

    private static final ImportedGraph GRAPH = UNetImporter.graph(FILE, ImportOptions.none());
    private static final Map<String, INDArray> INPUTS = RandomInputs.seeded(GRAPH, 5);

    @TempDir Path folder;

    @Test
    void theTensorMadeWrongIsNamed() throws IOException {
        Map<String, NodeProto> producers = producers(FILE);
        List<String> surviving =
                producers.keySet().stream().filter(GRAPH.sameDiff()::hasVariable).toList();
        List<String> convolutions =
                surviving.stream()
                        .filter(name -> producers.get(name).getOpType().equals("Conv"))
                        .toList();
        assertTrue(convolutions.size() > 20, convolutions::toString);
        for (int i = 0; i < convolutions.size(); i += 5) {
            String wrong = convolutions.get(i);
            ParityTrace trace =
                    ParityTrace.find(FILE, GRAPH, INPUTS, names -> run(names, wrong), 1e-4);
            ParityTrace.Difference first = trace.first().orElseThrow();
            assertEquals(wrong, first.tensor());
            assertEquals(producers.get(wrong).getName(), first.node());
            assertEquals("Conv", first.op());
            assertEquals(4, first.shape().rank());
            // the ramp that is added ends at 1
            assertEquals(1, first.parity().maxAbs(), 1e-3);
            assertTrue(trace.compared() < surviving.size() / 2, trace::toString);
        }
    }

    @Test
    void nothingDiffersAndAllWasCompared() {
        ParityTrace trace = ParityTrace.find(FILE, GRAPH, INPUTS, names -> run(names, ""), 1e-4);
        assertTrue(trace.first().isEmpty(), trace::toString);
        assertTrue(trace.compared() > 50, trace::toString);
    }

    @Test
    void copyOfAModelWithExternalDataLiesBesideItAndIsDeleted() throws IOException {
        Path file = withExternalData();
        List<Path> before = files();
        String wrong = "/unet/conv_in/Conv_output_0";
        ParityTrace trace = ParityTrace.find(file, GRAPH, INPUTS, names -> run(names, wrong), 1e-4);
        assertEquals(wrong, trace.first().orElseThrow().tensor());
        assertEquals(before, files());
    }

    /** Adds a ramp from 0 to 1 to a tensor; a constant would be lost in the next normalisation. */
    private static Map<String, INDArray> run(List<String> names, String wrong) {
        SameDiff right = GRAPH.sameDiff();
        if (wrong.isEmpty()) {
            return right.output(INPUTS, names.toArray(String[]::new));
        }
        INDArray value = right.output(INPUTS, wrong).get(wrong);
        value =
                value.add(
                        Nd4j.linspace(DataType.FLOAT, 0, 1.0 / (value.length() - 1), value.length())
                                .reshape(value.shape()));
        Map<String, INDArray> results = new LinkedHashMap<>();
        results.put(wrong, value);
        List<String> others = names.stream().filter(name -> !name.equals(wrong)).toList();
        if (!others.isEmpty()) {
            Cut cut = Cut.at(wrong, value.dataType(), Shape.of(value.shape()));
            SameDiff doctored = GraphCopy.of(right, others, List.of(cut));
            Map<String, INDArray> given = new HashMap<>(INPUTS);
            given.put(wrong, value);
            given.keySet().removeIf(name -> !doctored.hasVariable(name));
            results.putAll(doctored.output(given, others.toArray(String[]::new)));
        }
        return results;
    }

    private static Map<String, NodeProto> producers(Path file) throws IOException {
        Map<String, NodeProto> producers = new LinkedHashMap<>();
        for (NodeProto node :
                ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList()) {
            node.getOutputList().forEach(output -> producers.put(output, node));
        }
        return producers;
    }

    /** The same model with its first large weight in a file of its own. */
    private Path withExternalData() throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(FILE)).toBuilder();
        List<TensorProto> weights = new ArrayList<>(model.getGraph().getInitializerList());
        for (int i = 0; i < weights.size(); i++) {
            TensorProto weight = weights.get(i);
            if (weight.getRawData().size() > 1024) {
                Files.write(folder.resolve("weights.bin"), weight.getRawData().toByteArray());
                TensorProto outside =
                        weight.toBuilder()
                                .clearRawData()
                                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                                .addExternalData(
                                        StringStringEntryProto.newBuilder()
                                                .setKey("location")
                                                .setValue("weights.bin"))
                                .build();
                model.getGraphBuilder().setInitializer(i, outside);
                break;
            }
        }
        Path file = folder.resolve("model.onnx");
        Files.write(file, model.build().toByteArray());
        return file;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
