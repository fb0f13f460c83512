// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Files written by numpy ({@code npz/make_npz.py}); method name = file name. */
class NpzFileGoldenTest {

    static Path resource(String name) {
        return Path.of("src/test/resources/npz", name);
    }

    private static Map<String, INDArray> read(String name) throws IOException {
        return NpzFile.read(resource(name + ".npz"));
    }

    @Test
    void types() throws IOException {
        Map<String, INDArray> arrays = read("types");
        assertEquals(
                List.of("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1", "big"),
                List.copyOf(arrays.keySet()));
        assertEquals(DataType.HALF, arrays.get("f2").dataType());
        assertArrayEquals(
                new float[] {-0.5f, -0.25f, 0, 0.25f, 0.5f, 0.75f},
                arrays.get("f2").data().asFloat());
        float[] thirds = {-2 / 3f, -1 / 3f, 0, 1 / 3f, 2 / 3f, 1};
        assertArrayEquals(thirds, arrays.get("f4").data().asFloat());
        assertArrayEquals(thirds, arrays.get("big").data().asFloat());
        assertArrayEquals(
                new double[] {-2 / 3., -1 / 3., 0, 1 / 3., 2 / 3., 1},
                arrays.get("f8").data().asDouble());
        Map<String, DataType> integers =
                Map.of(
                        "i1", DataType.BYTE,
                        "i2", DataType.SHORT,
                        "i4", DataType.INT,
                        "i8", DataType.LONG);
        integers.forEach(
                (name, type) -> {
                    assertEquals(type, arrays.get(name).dataType());
                    assertArrayEquals(new long[] {2, 3}, arrays.get(name).shape());
                    assertArrayEquals(
                            new long[] {-2, -1, 0, 1, 2, 3}, arrays.get(name).data().asLong());
                });
        assertEquals(DataType.UBYTE, arrays.get("u1").dataType());
        assertEquals("[250,251,252,253,254,255]", flat(arrays.get("u1")));
        assertEquals(DataType.BOOL, arrays.get("b1").dataType());
        assertArrayEquals(new long[] {1, 0, 1, 0, 1, 0}, arrays.get("b1").data().asLong());
    }

    @Test
    void shapes() throws IOException {
        Map<String, INDArray> arrays = read("shapes");
        assertEquals(0, arrays.get("scalar_f4").rank());
        assertEquals(1.5f, arrays.get("scalar_f4").getFloat());
        assertEquals((1L << 62) + 1, arrays.get("scalar_i8").getLong());
        assertEquals(1, arrays.get("scalar_bool").getInt());
        assertArrayEquals(new long[] {4}, arrays.get("vector").shape());
        assertArrayEquals(new long[] {1}, arrays.get("one").shape());
        assertArrayEquals(new long[] {0, 3}, arrays.get("empty").shape());
        assertTrue(arrays.get("empty").isEmpty());
        INDArray fortran = arrays.get("fortran");
        assertArrayEquals(new long[] {2, 3, 4}, fortran.shape());
        assertEquals('c', fortran.ordering());
        for (int i = 0; i < 24; i++) {
            assertEquals(i, fortran.getFloat(i / 12, i / 4 % 3, i % 4));
            assertEquals(i, fortran.data().getFloat(i));
        }
        assertEquals(11, arrays.get("rank4").getLong(1, 0, 1, 1));
    }

    @Test
    void extremes() throws IOException {
        Map<String, INDArray> arrays = read("extremes");
        assertArrayEquals(
                new long[] {Long.MAX_VALUE, Long.MIN_VALUE, (1L << 53) + 1},
                arrays.get("i8").data().asLong());
        assertArrayEquals(
                new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, (1 << 24) + 1},
                arrays.get("i4").data().asInt());
        assertArrayEquals(
                new float[] {65504, 0x1p-24f, -0f, Float.POSITIVE_INFINITY, Float.NaN},
                arrays.get("f2").data().asFloat());
        assertArrayEquals(
                new float[] {3.4e38f, Float.MIN_VALUE, -0f, Float.NEGATIVE_INFINITY, Float.NaN},
                arrays.get("f4").data().asFloat());
        assertArrayEquals(
                new double[] {1.7e308, Double.MIN_VALUE, 0.1, Double.NEGATIVE_INFINITY, Double.NaN},
                arrays.get("f8").data().asDouble());
    }

    @Test
    void deflated() throws IOException {
        Map<String, INDArray> arrays = read("deflated");
        assertEquals(List.of("z", "a"), List.copyOf(arrays.keySet()));
        assertEquals(0, arrays.get("z").sumNumber().intValue());
        assertArrayEquals(new long[] {0, 1, 2, 3, 4}, arrays.get("a").data().asLong());
    }

    private static String flat(INDArray array) {
        return array.ravel().toString().replace(" ", "");
    }
}
