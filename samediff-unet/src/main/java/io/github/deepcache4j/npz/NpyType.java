// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A numeric type as numpy and ND4J call it, and how its elements go to and from bytes. */
enum NpyType {
    F2("f2", DataType.FLOAT16),
    F4("f4", DataType.FLOAT),
    F8("f8", DataType.DOUBLE),
    I1("i1", DataType.INT8),
    I2("i2", DataType.INT16),
    I4("i4", DataType.INT32),
    I8("i8", DataType.INT64),
    U1("u1", DataType.UINT8),
    B1("b1", DataType.BOOL);

    private final String code;
    private final DataType dataType;

    NpyType(String code, DataType dataType) {
        this.code = code;
        this.dataType = dataType;
    }

    /** Type for numpy's {@code descr}, such as {@code <f4}. */
    static NpyType of(String descr) throws NpyException {
        for (NpyType type : values()) {
            if (descr.length() == 3 && descr.endsWith(type.code)) {
                return type;
            }
        }
        throw new NpyException(
                "has dtype "
                        + descr
                        + ", which is not supported; convert it to one of "
                        + Arrays.stream(values()).map(t -> t.code).collect(Collectors.joining(" "))
                        + " with .astype");
    }

    static NpyType of(DataType dataType) {
        return Arrays.stream(values())
                .filter(t -> t.dataType == dataType)
                .findFirst()
                .orElseThrow();
    }

    static boolean has(DataType dataType) {
        return Arrays.stream(values()).anyMatch(t -> t.dataType == dataType);
    }

    static String dataTypes() {
        return Arrays.stream(values())
                .map(t -> t.dataType.toString())
                .collect(Collectors.joining(" "));
    }

    /** numpy's {@code descr} for little-endian data. */
    String descr() {
        return (bytes() == 1 ? "|" : "<") + code;
    }

    DataType dataType() {
        return dataType;
    }

    int bytes() {
        return code.charAt(1) - '0';
    }

    /** The elements in the order in which they lie in the file. */
    DataBuffer read(ByteBuffer from, int count) {
        switch (this) {
            case F8:
                double[] doubles = new double[count];
                from.asDoubleBuffer().get(doubles);
                return Nd4j.createTypedBuffer(doubles, dataType);
            case F2, F4:
                float[] floats = new float[count];
                for (int i = 0; i < count; i++) {
                    floats[i] = this == F2 ? Half.toFloat(from.getShort()) : from.getFloat();
                }
                return Nd4j.createTypedBuffer(floats, dataType);
            default:
                long[] longs = new long[count];
                for (int i = 0; i < count; i++) {
                    longs[i] = integer(from);
                }
                return Nd4j.createTypedBuffer(longs, dataType);
        }
    }

    private long integer(ByteBuffer from) {
        return switch (this) {
            case I8 -> from.getLong();
            case I4 -> from.getInt();
            case I2 -> from.getShort();
            case U1 -> Byte.toUnsignedLong(from.get());
            default -> from.get();
        };
    }

    void write(DataBuffer elements, ByteBuffer to) {
        switch (this) {
            case F8 -> to.asDoubleBuffer().put(elements.asDouble());
            case F4 -> to.asFloatBuffer().put(elements.asFloat());
            case F2 -> {
                for (float value : elements.asFloat()) {
                    to.putShort(Half.fromFloat(value));
                }
            }
            default -> {
                for (long value : elements.asLong()) {
                    switch (bytes()) {
                        case 8 -> to.putLong(value);
                        case 4 -> to.putInt((int) value);
                        case 2 -> to.putShort((short) value);
                        default -> to.put((byte) value);
                    }
                }
            }
        }
    }
}
