// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.OperatorSetIdProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.TensorShapeProto.Dimension;
import onnx.OnnxMl.ValueInfoProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** Reads an ONNX file: bytes in, {@link OnnxModel} out. */
final class OnnxFile {

    private final String file;

    private OnnxFile(String file) {
        this.file = file;
    }

    /**
     * Reads a model.
     *
     * @throws ImportException if there is no such file, it is not ONNX, or it is damaged
     */
    static OnnxModel read(Path path) {
        return new OnnxFile(path.getFileName().toString()).model(parse(path));
    }

    /** The inputs that a model declares, without looking at the rest. */
    static List<DeclaredInput> inputs(Path path) {
        GraphProto graph = parse(path).getGraph();
        OnnxFile file = new OnnxFile(path.getFileName().toString());
        Set<String> initializers = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> initializers.add(tensor.getName()));
        return graph.getInputList().stream()
                .filter(input -> !initializers.contains(input.getName()))
                .map(file::input)
                .map(input -> new DeclaredInput(input.name(), input.type(), input.sizes()))
                .toList();
    }

    /**
     * The file is mapped and protobuf's byte fields are views of the mapping: weights never enter
     * the Java heap.
     */
    private static ModelProto parse(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new ImportException(
                        path + ": is larger than 2 GB, the limit of one ONNX file");
            }
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(input);
            if (model.getIrVersion() == 0 || !model.hasGraph()) {
                throw new ImportException(path + ": is not an ONNX model (it has no graph)");
            }
            return model;
        } catch (NoSuchFileException e) {
            throw new ImportException(path + ": no such file", e);
        } catch (org.nd4j.shade.protobuf.InvalidProtocolBufferException e) {
            throw new ImportException(
                    path
                            + ": is not an ONNX model or is damaged or cut short ("
                            + e.getMessage()
                            + ")",
                    e);
        } catch (IOException e) {
            throw new ImportException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private OnnxModel model(ModelProto proto) {
        GraphProto graph = proto.getGraph();
        long opset =
                proto.getOpsetImportList().stream()
                        .filter(
                                set ->
                                        set.getDomain().isEmpty()
                                                || set.getDomain().equals("ai.onnx"))
                        .mapToLong(OperatorSetIdProto::getVersion)
                        .max()
                        .orElseThrow(
                                () ->
                                        new ImportException(
                                                file
                                                        + ": declares no opset of the ONNX operators"));
        Map<String, INDArray> initializers = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initializers.put(tensor.getName(), OnnxTensors.array(tensor, file)) != null) {
                throw new ImportException(
                        file + ": has two initialisers named " + tensor.getName());
            }
        }
        List<OnnxModel.Input> inputs =
                graph.getInputList().stream()
                        .filter(input -> !initializers.containsKey(input.getName()))
                        .map(this::input)
                        .toList();
        List<String> outputs = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        OnnxNodes reader = new OnnxNodes(file);
        List<OnnxNode> nodes =
                LocalFunctions.inline(proto, file, opset).stream().map(reader::read).toList();
        return new OnnxModel(
                file,
                opset,
                proto.getProducerName() + " " + proto.getProducerVersion(),
                inputs,
                outputs,
                initializers,
                sorted(nodes, inputs, initializers.keySet(), outputs));
    }

    private OnnxModel.Input input(ValueInfoProto input) {
        if (!input.getType().hasTensorType()) {
            throw new ImportException(file + ": input " + input.getName() + " is not a tensor");
        }
        if (!input.getType().getTensorType().hasShape()) {
            throw new ImportException(
                    file
                            + ": input "
                            + input.getName()
                            + " is declared without a number of axes; export the model with shapes");
        }
        return new OnnxModel.Input(
                input.getName(),
                OnnxTensors.type(
                        input.getType().getTensorType().getElemType(),
                        file + ": input " + input.getName()),
                input.getType().getTensorType().getShape().getDimList().stream()
                        .map(OnnxFile::size)
                        .toList());
    }

    private static String size(Dimension dimension) {
        return dimension.hasDimValue()
                ? String.valueOf(dimension.getDimValue())
                : dimension.getDimParam();
    }

    /** Kahn's algorithm, keeping the file's order among nodes that are ready; O(nodes + edges). */
    private List<OnnxNode> sorted(
            List<OnnxNode> nodes,
            List<OnnxModel.Input> inputs,
            Set<String> initializers,
            List<String> outputs) {
        Set<String> ready = new HashSet<>(initializers);
        inputs.forEach(input -> ready.add(input.name()));
        Map<String, List<OnnxNode>> waiting = new HashMap<>();
        Map<OnnxNode, Integer> missing = new java.util.IdentityHashMap<>();
        Set<String> produced = new HashSet<>(ready);
        Deque<OnnxNode> runnable = new ArrayDeque<>();
        for (OnnxNode node : nodes) {
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !produced.add(output)) {
                    throw new ImportException(
                            file + ": the tensor " + output + " is produced twice");
                }
            }
            Set<String> needs = new HashSet<>(node.reads());
            needs.removeAll(ready);
            missing.put(node, needs.size());
            needs.forEach(
                    need -> waiting.computeIfAbsent(need, key -> new ArrayList<>()).add(node));
            if (needs.isEmpty()) {
                runnable.add(node);
            }
        }
        List<OnnxNode> order = new ArrayList<>();
        while (!runnable.isEmpty()) {
            OnnxNode node = runnable.remove();
            order.add(node);
            for (String output : node.outputs()) {
                for (OnnxNode consumer : waiting.getOrDefault(output, List.of())) {
                    if (missing.merge(consumer, -1, Integer::sum) == 0) {
                        runnable.add(consumer);
                    }
                }
            }
        }
        if (order.size() < nodes.size()) {
            OnnxNode stuck =
                    nodes.stream().filter(node -> !order.contains(node)).findFirst().orElseThrow();
            List<String> unknown =
                    stuck.reads().stream().filter(name -> !produced.contains(name)).toList();
            throw new ImportException(
                    file
                            + ": node "
                            + stuck.name()
                            + " ("
                            + stuck.op()
                            + ") "
                            + (unknown.isEmpty()
                                    ? "is part of a cycle"
                                    : "reads " + unknown + ", which nothing produces"));
        }
        for (String output : outputs) {
            if (!produced.contains(output)) {
                throw new ImportException(file + ": the output " + output + " is never produced");
            }
        }
        return order;
    }
}
