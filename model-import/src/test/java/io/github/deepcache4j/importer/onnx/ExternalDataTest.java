// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.UNetImporter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.OperatorSetIdProto;
import onnx.OnnxMl.StringStringEntryProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.TensorShapeProto;
import onnx.OnnxMl.TypeProto;
import onnx.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights beside the model: {@code y = x + w}, w being two floats somewhere in a file. */
class ExternalDataTest {

    @TempDir Path root;

    private Path folder;
    private Path model;

    /** In the folder: 0, 1, ..., 9 as f32. Outside: a file that must not be read. */
    @BeforeEach
    void files() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        model = folder.resolve("model.onnx");
        Files.write(folder.resolve("weights.bin"), numbers());
        Files.createDirectory(folder.resolve("parts"));
        Files.write(folder.resolve("parts").resolve("weights.bin"), numbers());
        Files.write(root.resolve("secret.bin"), numbers());
        Files.createSymbolicLink(folder.resolve("link.bin"), root.resolve("secret.bin"));
        Files.createSymbolicLink(folder.resolve("up"), root);
        Files.createSymbolicLink(folder.resolve("inner.bin"), folder.resolve("weights.bin"));
    }

    private static byte[] numbers() {
        ByteBuffer bytes = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 10; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }

    @ParameterizedTest
    @CsvSource({
        "weights.bin, 0, 8, 0",
        "weights.bin, 12, 8, 3",
        "weights.bin, 32, 8, 8",
        "weights.bin, 32, , 8",
        "./weights.bin, 4, 8, 1",
        "parts/weights.bin, 4, 8, 1",
        "inner.bin, 4, 8, 1"
    })
    void isRead(String location, String offset, String length, float first) throws IOException {
        write(location, offset, length, 1);
        assertArrayEquals(new float[] {first, first + 1}, weight(model));
    }

    @ParameterizedTest
    @CsvSource({
        "../secret.bin, 0, 8, not in the model's folder",
        "parts/../weights.bin, 0, 8, not in the model's folder",
        "/etc/hostname, 0, 8, not in the model's folder",
        "link.bin, 0, 8, not in the model's folder",
        "up/secret.bin, 0, 8, not in the model's folder",
        "'', 0, 8, not in the model's folder",
        ".., 0, 8, not in the model's folder",
        "., 0, 8, is no file",
        "parts, 0, 8, is no file",
        "absent.bin, 0, 8, there is no such file",
        "weights.bin, 36, 8, 'bytes 36 to 36+8 of weights.bin, which has only 40'",
        "weights.bin, 400, , which has only 40",
        "weights.bin, 9223372036854775807, 9223372036854775807, which has only 40",
        "weights.bin, -4, 8, 'the offset ''-4'', not a number'",
        "weights.bin, 0, many, 'the length ''many'', not a number'",
        "weights.bin, 99999999999999999999, 8, not a number",
        "weights.bin, 0, 12, holds 3 values",
        "weights.bin, 0, 7, damaged",
        "weights.bin, 0, 0, holds 0 values"
    })
    void isRefused(String location, String offset, String length, String says) throws IOException {
        write(location, offset, length, 1);
        String message = assertThrows(ImportException.class, () -> weight(model)).getMessage();
        assertTrue(message.contains(says), () -> message + " does not say " + says);
        assertTrue(message.startsWith("model.onnx: tensor w0"), message);
    }

    @Test
    void nulInTheName() throws IOException {
        write("weights.bin\0", "0", "8", 1);
        assertThrows(ImportException.class, () -> weight(model));
    }

    @Test
    void thousandsOfTensorsInTheSameBytes() throws IOException {
        Files.write(folder.resolve("weights.bin"), new byte[1 << 20]);
        write("weights.bin", "0", String.valueOf(1 << 20), 1000, 1 << 18);
        String message = assertThrows(ImportException.class, () -> weight(model)).getMessage();
        assertTrue(message.contains("more than twice the bytes of weights.bin"), message);
    }

    /** The layout of the Hugging Face cache: both files are links into one folder. */
    @Test
    void modelAndWeightsAreLinks() throws IOException {
        Path blobs = Files.createDirectory(root.resolve("blobs"));
        write("weights.bin", "4", "8", 1);
        Files.move(model, blobs.resolve("a1"));
        Files.move(folder.resolve("weights.bin"), blobs.resolve("b2"));
        Files.createSymbolicLink(model, blobs.resolve("a1"));
        Files.createSymbolicLink(folder.resolve("weights.bin"), blobs.resolve("b2"));
        assertArrayEquals(new float[] {1, 2}, weight(model));
    }

    @Test
    void digestCoversTheWeights() throws IOException {
        write("weights.bin", "0", "8", 1);
        String before = graph(model).provenance().sha256();
        assertEquals(before, graph(model).provenance().sha256());
        Files.write(folder.resolve("weights.bin"), new byte[40]);
        assertNotEquals(before, graph(model).provenance().sha256());
    }

    private static ImportedGraph graph(Path model) {
        return UNetImporter.graph(model, ImportOptions.none());
    }

    private static float[] weight(Path model) {
        return graph(model).sameDiff().getVariable("w0").getArr().toFloatVector();
    }

    private void write(String location, String offset, String length, int tensors)
            throws IOException {
        write(location, offset, length, tensors, 2);
    }

    private void write(String location, String offset, String length, int tensors, int size)
            throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
        graph.addInput(value("x", size)).addOutput(value("y", size));
        String sum = "x";
        for (int i = 0; i < tensors; i++) {
            graph.addInitializer(tensor("w" + i, location, offset, length, size));
            String next = i == tensors - 1 ? "y" : "s" + i;
            graph.addNode(
                    NodeProto.newBuilder()
                            .setOpType("Add")
                            .addInput(sum)
                            .addInput("w" + i)
                            .addOutput(next));
            sum = next;
        }
        ModelProto file =
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .setGraph(graph)
                        .build();
        Files.write(model, file.toByteArray());
    }

    private static TensorProto tensor(
            String name, String location, String offset, String length, int size) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(TensorProto.DataType.FLOAT_VALUE)
                        .addDims(size)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", location))
                        .addExternalData(entry("offset", offset));
        if (length != null) {
            tensor.addExternalData(entry("length", length));
        }
        return tensor.build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ValueInfoProto value(String name, int size) {
        TensorShapeProto shape =
                TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size))
                        .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                                .setShape(shape)))
                .build();
    }
}
