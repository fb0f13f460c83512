// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NpzFileTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"types", "shapes", "extremes", "deflated"})
    void writingWhatNumpyWroteAndReadingItAgainChangesNothing(String name) throws IOException {
        Map<String, INDArray> original = NpzFile.read(NpzFileGoldenTest.resource(name + ".npz"));
        Path file = folder.resolve("copy.npz");
        NpzFile.write(file, original);
        Map<String, INDArray> copy = NpzFile.read(file);
        assertEquals(List.copyOf(original.keySet()), List.copyOf(copy.keySet()));
        original.forEach(
                (key, array) -> {
                    assertEquals(array.dataType(), copy.get(key).dataType(), key);
                    assertArrayEquals(array.shape(), copy.get(key).shape(), key);
                    // bytes, since NaN and -0 count too
                    assertArrayEquals(NpyFormat.bytes(array), NpyFormat.bytes(copy.get(key)), key);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"types", "shapes", "extremes"})
    void elementsAreTheBytesThatNumpyWrites(String name) throws IOException {
        Path numpy = NpzFileGoldenTest.resource(name + ".npz");
        Map<String, INDArray> arrays = NpzFile.read(numpy);
        arrays.keySet().removeAll(Set.of("big", "fortran")); // written in our own order
        try (ZipFile zip = new ZipFile(numpy.toFile())) {
            for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
                byte[] expected;
                try (InputStream in = zip.getInputStream(zip.getEntry(array.getKey() + ".npy"))) {
                    expected = in.readAllBytes();
                }
                assertArrayEquals(
                        Arrays.copyOfRange(expected, 128, expected.length),
                        elements(NpyFormat.bytes(array.getValue())),
                        array.getKey());
            }
        }
    }

    /** What follows the header, whose end numpy's rule puts at a multiple of 64. */
    private static byte[] elements(byte[] entry) {
        int start = 10 + Byte.toUnsignedInt(entry[8]) + 256 * entry[9];
        assertEquals(0, start % 64);
        return Arrays.copyOfRange(entry, start, entry.length);
    }

    @Test
    void everyHalfSurvives() {
        for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
            float value = Half.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertEquals((short) bits, Half.fromFloat(value));
            }
        }
    }

    @Test
    void viewsAndFortranOrderAreWrittenAsTheyRead() throws IOException {
        INDArray base = Nd4j.createFromArray(new float[] {0, 1, 2, 3, 4, 5}).reshape(2, 3);
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("column", base.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2)));
        arrays.put("transposed", base.transpose());
        arrays.put("fortran", base.dup('f'));
        arrays.put("row", base.getRow(1));
        Path file = folder.resolve("views.npz");
        NpzFile.write(file, arrays);
        Map<String, INDArray> read = NpzFile.read(file);
        assertArrayEquals(new float[] {1, 4}, read.get("column").data().asFloat());
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, read.get("transposed").data().asFloat());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, read.get("fortran").data().asFloat());
        assertArrayEquals(new float[] {3, 4, 5}, read.get("row").data().asFloat());
    }

    @Test
    void replacesAnExistingFileAndLeavesNothingElseBehind() throws IOException {
        Path file = folder.resolve("again.npz");
        NpzFile.write(file, Map.of("a", Nd4j.scalar(1f)));
        NpzFile.write(file, Map.of("b", Nd4j.scalar(DataType.LONG, 2)));
        assertEquals(List.of("b"), List.copyOf(NpzFile.read(file).keySet()));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void equalArraysMakeEqualFiles() throws IOException {
        Path first = folder.resolve("1.npz");
        Path second = folder.resolve("2.npz");
        NpzFile.write(first, Map.of("a", Nd4j.ones(2, 2)));
        NpzFile.write(second, Map.of("a", Nd4j.ones(2, 2)));
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }
}
