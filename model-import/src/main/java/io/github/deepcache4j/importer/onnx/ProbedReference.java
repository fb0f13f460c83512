// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.ValueInfoProto;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An ONNX file in ONNX Runtime whose inner tensors can be asked for: a copy of the file, with them
 * as further graph outputs, is loaded.
 *
 * <p>A graph output is never fused away, so each is what its own node computes. The copy is deleted
 * as soon as it is loaded.
 */
final class ProbedReference implements AutoCloseable {

    private final OnnxReference reference;

    /** The nodes of the main graph by what they compute, in topological order. */
    private final Map<String, OnnxNode> producers;

    private final List<String> tensors;

    private ProbedReference(
            OnnxReference reference, Map<String, OnnxNode> producers, List<String> tensors) {
        this.reference = reference;
        this.producers = producers;
        this.tensors = tensors;
    }

    /**
     * @param wanted which computed tensors of the main graph to make available, by name; those that
     *     are not of float or double are left out all the same
     * @throws ImportException if ONNX Runtime refuses the file, or its copy cannot be written
     */
    static ProbedReference open(Path file, Predicate<String> wanted) {
        TensorFiles tensors = TensorFiles.open(file);
        ModelProto model = OnnxFile.parse(file, tensors);
        Map<String, OnnxNode> producers = new LinkedHashMap<>();
        for (OnnxNode node : nodes(file, model.getGraph(), tensors)) {
            node.outputs().forEach(name -> producers.put(name, node));
        }
        List<String> names = producers.keySet().stream().filter(wanted).toList();
        OnnxReference reference = load(file, withOutputs(model, names));
        Set<String> real = reference.realOutputs();
        return new ProbedReference(
                reference, producers, names.stream().filter(real::contains).toList());
    }

    /** Calls of the model's own functions stay one node: what they compute has no global name. */
    private static List<OnnxNode> nodes(Path file, GraphProto graph, TensorFiles tensors) {
        String name = file.getFileName().toString();
        OnnxNodes reader = new OnnxNodes(name, tensors);
        Set<String> known = new HashSet<>();
        graph.getInputList().forEach(input -> known.add(input.getName()));
        graph.getInitializerList().forEach(tensor -> known.add(tensor.getName()));
        return TopologicalOrder.of(
                name,
                graph.getNodeList().stream().map(reader::read).toList(),
                known,
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList());
    }

    /** ONNX Runtime infers the type and shape of an output that is declared by its name alone. */
    private static ModelProto withOutputs(ModelProto model, List<String> names) {
        Set<String> added = new LinkedHashSet<>(names);
        model.getGraph().getOutputList().forEach(output -> added.remove(output.getName()));
        GraphProto.Builder graph = model.getGraph().toBuilder();
        added.forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
        return model.toBuilder().setGraph(graph).build();
    }

    private static OnnxReference load(Path file, ModelProto model) {
        Path copy = null;
        try {
            copy = copy(file, model);
            try (OutputStream out = Files.newOutputStream(copy)) {
                model.writeTo(out);
            }
            return OnnxReference.open(copy);
        } catch (IOException e) {
            throw new ImportException(
                    file
                            + ": a copy that gives inner tensors cannot be written ("
                            + e
                            + "); a model with external data needs it in its own folder: copy the"
                            + " model with its data to a folder that can be written to",
                    e);
        } finally {
            delete(copy);
        }
    }

    /** External data are named relative to the model's folder, so the copy must lie there. */
    private static Path copy(Path file, ModelProto model) throws IOException {
        boolean external =
                model.getGraph().getInitializerList().stream()
                        .anyMatch(
                                tensor ->
                                        tensor.getDataLocation()
                                                == TensorProto.DataLocation.EXTERNAL);
        return external
                ? Files.createTempFile(file.toAbsolutePath().resolveSibling(""), ".trace", ".onnx")
                : Files.createTempFile("trace", ".onnx");
    }

    private static void delete(@Nullable Path copy) {
        try {
            if (copy != null) {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            copy.toFile().deleteOnExit();
        }
    }

    /** Names of the tensors that can be asked for, in topological order. */
    List<String> tensors() {
        return tensors;
    }

    /** The node of the file that computes a tensor. */
    OnnxNode producer(String tensor) {
        OnnxNode node = producers.get(tensor);
        if (node == null) {
            throw new IllegalArgumentException("no node computes the tensor " + tensor);
        }
        return node;
    }

    /** All computed tensors that a tensor depends on, without itself. */
    Set<String> ancestors(String tensor) {
        Set<String> ancestors = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(producer(tensor).reads());
        while (!open.isEmpty()) {
            String name = open.pop();
            OnnxNode node = producers.get(name);
            if (node != null && ancestors.add(name)) {
                open.addAll(node.reads());
            }
        }
        return ancestors;
    }

    Map<String, INDArray> run(Map<String, INDArray> inputs, List<String> names) {
        return reference.run(inputs, new LinkedHashSet<>(names));
    }

    @Override
    public void close() {
        reference.close();
    }
}
