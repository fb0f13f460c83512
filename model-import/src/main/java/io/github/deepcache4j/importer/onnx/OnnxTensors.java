// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import onnx.OnnxMl.TensorProto;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors stored in an ONNX file, as ND4J arrays. Both half precisions are read as f32. */
final class OnnxTensors {

    private OnnxTensors() {}

    /** The ND4J type for an ONNX element type, if there is one. */
    static Optional<DataType> type(int elementType) {
        return switch (elementTypeOf(elementType)) {
            case FLOAT, FLOAT16, BFLOAT16 -> Optional.of(DataType.FLOAT);
            case DOUBLE -> Optional.of(DataType.DOUBLE);
            case INT64 -> Optional.of(DataType.LONG);
            case INT32 -> Optional.of(DataType.INT);
            case BOOL -> Optional.of(DataType.BOOL);
            // for quantised models: only few operators take them (SmallIntegers)
            case INT8 -> Optional.of(DataType.BYTE);
            case UINT8 -> Optional.of(DataType.UBYTE);
            default -> Optional.empty();
        };
    }

    /** Says that there is none; for a message. */
    static String unsupported(int elementType) {
        return "the element type "
                + elementTypeOf(elementType)
                + " ("
                + elementType
                + "), which is not supported; export the model in float32";
    }

    /**
     * The ND4J type of a tensor.
     *
     * @param what for the message: which tensor
     */
    static DataType type(int elementType, String what) {
        return type(elementType)
                .orElseThrow(() -> new ImportException(what + " has " + unsupported(elementType)));
    }

    private static TensorProto.DataType elementTypeOf(int number) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(number);
        return type == null ? TensorProto.DataType.UNDEFINED : type;
    }

    /** The tensor's contents, copied once, from the file to the array. */
    static INDArray array(TensorProto tensor, TensorFiles files, String file) {
        String what = file + ": tensor " + tensor.getName();
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        if (Arrays.stream(shape).anyMatch(size -> size < 0)) {
            throw new ImportException(
                    what + " has a negative size in its shape " + Arrays.toString(shape));
        }
        double product = Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (product > Integer.MAX_VALUE) {
            throw new ImportException(
                    what + " has the shape " + Arrays.toString(shape) + ", which is too large");
        }
        if (shape.length > 32) {
            throw new ImportException(what + " has " + shape.length + " axes; 32 are the most");
        }
        long elements = (long) product;
        DataType type = type(tensor.getDataType(), what);
        boolean half = isHalf(tensor);
        TensorBytes raw = files.bytes(tensor, what);
        int width = half ? 2 : type.width();
        boolean typed = raw.length() == 0;
        long stored = typed ? typedCount(tensor) : raw.length() / width;
        if (stored != elements || raw.length() % width != 0) {
            throw new ImportException(
                    what
                            + " declares shape "
                            + Arrays.toString(shape)
                            + " but holds "
                            + stored
                            + " values; the file is damaged");
        }
        if (elements == 0) {
            return Nd4j.create(type, shape);
        }
        INDArray array = Nd4j.createUninitializedDetached(type, shape);
        DataBuffer data = array.data();
        if (typed) {
            fill(data, tensor, half, elements);
        } else if (half) {
            raw.pieces((piece, from) -> fillHalf(data, tensor.getDataType(), piece, from / 2));
        } else if (type == DataType.BOOL) {
            raw.pieces((piece, from) -> fillBool(data, piece, from, what));
        } else {
            raw.copyTo(data);
        }
        return array;
    }

    private static void fillHalf(DataBuffer data, int type, ByteBuffer piece, long first) {
        for (long i = first; piece.hasRemaining(); i++) {
            data.put(i, single(type, piece.getShort()));
        }
    }

    /** What other bytes than 0 and 1 mean differs from operator to operator in ONNX Runtime. */
    private static void fillBool(DataBuffer data, ByteBuffer piece, long first, String what) {
        for (long i = first; piece.hasRemaining(); i++) {
            byte value = piece.get();
            if (value != 0 && value != 1) {
                throw new ImportException(
                        what + " holds the truth value " + value + "; the file is damaged");
            }
            data.put(i, value != 0);
        }
    }

    private static boolean isHalf(TensorProto tensor) {
        return tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE
                || tensor.getDataType() == TensorProto.DataType.BFLOAT16_VALUE;
    }

    private static float single(int type, short bits) {
        return type == TensorProto.DataType.FLOAT16_VALUE
                ? halfToFloat(bits)
                : Float.intBitsToFloat(bits << 16);
    }

    private static int typedCount(TensorProto tensor) {
        return switch (tensor.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE -> tensor.getFloatDataCount();
            case TensorProto.DataType.DOUBLE_VALUE -> tensor.getDoubleDataCount();
            case TensorProto.DataType.INT64_VALUE -> tensor.getInt64DataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    private static void fill(DataBuffer data, TensorProto tensor, boolean half, long elements) {
        for (int i = 0; i < elements; i++) {
            if (half) {
                data.put(i, single(tensor.getDataType(), (short) tensor.getInt32Data(i)));
                continue;
            }
            switch (tensor.getDataType()) {
                case TensorProto.DataType.FLOAT_VALUE -> data.put(i, tensor.getFloatData(i));
                case TensorProto.DataType.DOUBLE_VALUE -> data.put(i, tensor.getDoubleData(i));
                case TensorProto.DataType.INT64_VALUE -> data.put(i, tensor.getInt64Data(i));
                case TensorProto.DataType.BOOL_VALUE -> data.put(i, tensor.getInt32Data(i) != 0);
                default -> data.put(i, tensor.getInt32Data(i));
            }
        }
    }

    /** IEEE 754 binary16 to binary32; exact. */
    static float halfToFloat(short bits) {
        int sign = bits & 0x8000;
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude;
        if (exponent == 0) {
            magnitude = fraction * 0x1p-24f;
        } else if (exponent == 31) {
            magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            magnitude = (fraction + 1024) * Math.scalb(1f, exponent - 25);
        }
        return sign == 0 ? magnitude : -magnitude;
    }

    /** Whole numbers of a small array. */
    static List<Long> longs(INDArray array) {
        return array.isEmpty()
                ? List.of()
                : Arrays.stream(array.castTo(DataType.LONG).ravel().toLongVector())
                        .boxed()
                        .toList();
    }
}
