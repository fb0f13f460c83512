// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.deepcache4j.importer.ImportException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs an ONNX file in ONNX Runtime, the reference for its numbers. Needs {@code onnxruntime} on
 * the class path.
 */
public final class OnnxReference implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private OnnxReference(OrtSession session) {
        this.session = session;
    }

    /**
     * @throws ImportException if ONNX Runtime refuses the file
     */
    public static OnnxReference open(Path file) {
        return open(file, 0);
    }

    /**
     * The same on a number of threads.
     *
     * @param threads 0 for ONNX Runtime's own choice, all cores
     * @throws ImportException if ONNX Runtime refuses the file
     */
    public static OnnxReference open(Path file, int threads) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            return new OnnxReference(
                    OrtEnvironment.getEnvironment().createSession(file.toString(), options));
        } catch (OrtException e) {
            throw new ImportException(
                    file + ": ONNX Runtime does not load it: " + e.getMessage(), e);
        }
    }

    /**
     * Runs the model once.
     *
     * @param inputs by name, of the types that the file declares
     * @return all outputs, by name
     */
    public Map<String, INDArray> run(Map<String, INDArray> inputs) {
        return run(inputs, session.getOutputNames());
    }

    /** The same for some of the outputs; the others are computed, but not copied. */
    Map<String, INDArray> run(Map<String, INDArray> inputs, Set<String> requested) {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (var input : inputs.entrySet()) {
                if (session.getInputNames().contains(input.getKey())) {
                    tensors.put(input.getKey(), tensor(input.getValue()));
                }
            }
            Map<String, INDArray> outputs = new LinkedHashMap<>();
            try (OrtSession.Result result = session.run(tensors, requested)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    outputs.put(output.getKey(), array((OnnxTensor) output.getValue()));
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw new ImportException("ONNX Runtime does not run the model: " + e.getMessage(), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /** Names of the outputs that are tensors of float or double. */
    Set<String> realOutputs() {
        try {
            Set<String> names = new LinkedHashSet<>();
            for (var output : session.getOutputInfo().entrySet()) {
                if (output.getValue().getInfo() instanceof TensorInfo tensor
                        && (tensor.type == OnnxJavaType.FLOAT
                                || tensor.type == OnnxJavaType.DOUBLE)) {
                    names.add(output.getKey());
                }
            }
            return names;
        } catch (OrtException e) {
            throw new ImportException(
                    "ONNX Runtime does not tell the outputs: " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(INDArray array) throws OrtException {
        INDArray dense = array.dup('c');
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(
                                Math.toIntExact(dense.length() * dense.dataType().width()))
                        .order(ByteOrder.nativeOrder());
        bytes.put(dense.data().pointer().asByteBuffer().limit(bytes.capacity())).rewind();
        OnnxJavaType type = onnxType(array.dataType());
        return OnnxTensor.createTensor(environment, bytes, dense.shape(), type);
    }

    private static OnnxJavaType onnxType(DataType type) {
        return switch (type) {
            case FLOAT -> OnnxJavaType.FLOAT;
            case DOUBLE -> OnnxJavaType.DOUBLE;
            case LONG -> OnnxJavaType.INT64;
            case INT -> OnnxJavaType.INT32;
            case BOOL -> OnnxJavaType.BOOL;
            default ->
                    throw new ImportException(
                            "inputs of type " + type + " cannot be handed to ONNX Runtime");
        };
    }

    private static INDArray array(OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        DataType type =
                switch (info.type) {
                    case FLOAT -> DataType.FLOAT;
                    case DOUBLE -> DataType.DOUBLE;
                    case INT64 -> DataType.LONG;
                    case INT32 -> DataType.INT;
                    case BOOL -> DataType.BOOL;
                    default ->
                            throw new ImportException(
                                    "outputs of type " + info.type + " cannot be compared");
                };
        INDArray array = Nd4j.createUninitializedDetached(type, info.getShape());
        array.data().pointer().asByteBuffer().put(tensor.getByteBuffer());
        return array;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new ImportException("ONNX Runtime does not close: " + e.getMessage(), e);
        }
    }
}
