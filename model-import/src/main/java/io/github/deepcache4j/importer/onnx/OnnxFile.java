// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.Provenance;
import java.io.IOException;
import java.nio.file.Path;
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

    /** The newest in onnx 1.23, against whose cases the operators are tested. */
    private static final long NEWEST_OPSET = 28;

    private final Path path;
    private final String file;
    private final TensorFiles tensors;

    private OnnxFile(Path path, TensorFiles tensors) {
        this.path = path;
        this.file = path.getFileName().toString();
        this.tensors = tensors;
    }

    /**
     * Reads a model.
     *
     * @throws ImportException if there is no such file, it is not ONNX, or it is damaged
     */
    static OnnxModel read(Path path) {
        TensorFiles tensors = TensorFiles.open(path);
        return new OnnxFile(path, tensors).model(parse(path, tensors));
    }

    /** The inputs that a model declares, without looking at the rest. */
    static List<DeclaredInput> inputs(Path path) {
        TensorFiles tensors = TensorFiles.open(path);
        GraphProto graph = parse(path, tensors).getGraph();
        OnnxFile file = new OnnxFile(path, tensors);
        Set<String> initializers = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> initializers.add(tensor.getName()));
        return graph.getInputList().stream()
                .filter(input -> !initializers.contains(input.getName()))
                .map(file::input)
                .map(input -> new DeclaredInput(input.name(), input.type(), input.sizes()))
                .toList();
    }

    /** Protobuf's byte fields are views of the file: weights never enter the Java heap. */
    static ModelProto parse(Path path, TensorFiles tensors) {
        try {
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(tensors.structure()).newCodedInput();
            input.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(input);
            if (model.getIrVersion() == 0 || !model.hasGraph()) {
                throw new ImportException(path + ": is not an ONNX model (it has no graph)");
            }
            return model;
        } catch (IOException e) {
            throw new ImportException(
                    path
                            + ": is not an ONNX model or is damaged or cut short ("
                            + e.getMessage()
                            + ")",
                    e);
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
        if (opset > NEWEST_OPSET) {
            throw new ImportException(
                    file
                            + ": is written in opset "
                            + opset
                            + ", whose operators may mean something else than those up to opset "
                            + NEWEST_OPSET
                            + "; export the model in an earlier one");
        }
        Map<String, INDArray> initializers = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (initializers.put(tensor.getName(), OnnxTensors.array(tensor, tensors, file))
                    != null) {
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
        if (outputs.isEmpty()) {
            throw new ImportException(file + ": has no outputs");
        }
        OnnxNodes reader = new OnnxNodes(file, tensors);
        List<OnnxNode> nodes =
                LocalFunctions.inline(proto, file, opset).stream().map(reader::read).toList();
        Set<String> known = new HashSet<>(initializers.keySet());
        for (OnnxModel.Input input : inputs) {
            if (!known.add(input.name())) {
                throw new ImportException(file + ": has two inputs named " + input.name());
            }
        }
        return new OnnxModel(
                file,
                opset,
                Provenance.of(
                        path,
                        tensors.externalFiles(),
                        "ONNX opset " + opset,
                        proto.getProducerName() + " " + proto.getProducerVersion()),
                inputs,
                outputs,
                initializers,
                tensors,
                TopologicalOrder.of(file, nodes, known, outputs),
                Refusals.ONNX);
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
}
