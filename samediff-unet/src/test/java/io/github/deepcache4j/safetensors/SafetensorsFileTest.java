// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafetensorsFileTest {

    private static final Path FOLDER = Path.of("src/test/resources/safetensors");

    @TempDir private Path temporary;

    @Test
    void readsWhatTheLibraryWrote() throws IOException {
        Map<String, INDArray> read = SafetensorsFile.read(FOLDER.resolve("mixed.safetensors"));
        Map<String, INDArray> expected = NpzFile.read(FOLDER.resolve("mixed.npz"));
        assertEquals(expected.size() + 1, read.size());
        assertArrayEquals(new long[] {0, 4}, read.get("none").shape());
        expected.forEach(
                (name, array) -> {
                    assertArrayEquals(array.shape(), read.get(name).shape(), name);
                    assertArrayEquals(values(array), values(read.get(name)), name);
                });
    }

    @Test
    void readsWhatItWrote() throws IOException {
        INDArray matrix = Nd4j.createFromArray(new float[] {1, -2, 3e-40f, 4, 5, 6}).reshape(2, 3);
        Path file = temporary.resolve("a.safetensors");
        SafetensorsFile.write(
                file,
                Map.of("m", matrix.transpose(), "v", Nd4j.createFromArray(7f)),
                Map.of("format", "pt"));
        Map<String, INDArray> read = SafetensorsFile.read(file);
        assertArrayEquals(new long[] {3, 2}, read.get("m").shape());
        assertArrayEquals(new float[] {1, 4, -2, 5, 3e-40f, 6}, values(read.get("m")));
        assertArrayEquals(new float[] {7}, values(read.get("v")));
    }

    @Test
    void namesWhatItCannotTake() throws IOException {
        assertTrue(
                error(FOLDER.resolve("integers.safetensors"))
                        .endsWith("whole is of type I64; F32, F16 and BF16 are supported"));
        assertTrue(error(temporary.resolve("absent")).endsWith("absent: no such file"));
        byte[] whole = Files.readAllBytes(FOLDER.resolve("mixed.safetensors"));
        for (int length : List.of(0, 5, 8, 60, whole.length - 1)) {
            Path file = temporary.resolve("short" + length);
            Files.write(file, Arrays.copyOf(whole, length));
            assertTrue(error(file).contains("short" + length + ": "), "length " + length);
        }
    }

    private static String error(Path file) {
        return assertThrows(IOException.class, () -> SafetensorsFile.read(file)).getMessage();
    }

    private static float[] values(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
