// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ErrorMessagesTest {

    @TempDir Path folder;

    private static void refused(Path file, String message) {
        IOException error = assertThrows(IOException.class, () -> NpzFile.read(file));
        assertEquals(file + ": " + message, error.getMessage());
    }

    private static void refused(String name, String message) {
        refused(NpzFileGoldenTest.resource(name), message);
    }

    @Test
    void everyUnsupportedEntryIsNamed() {
        String advice =
                ", which is not supported; convert it to one of f2 f4 f8 i1 i2 i4 i8 u1 b1 with .astype";
        refused(
                "complex.npz",
                "entry c has dtype <c8" + advice + "; entry u has dtype <u4" + advice);
        refused("text.npz", "entry words has dtype <U1" + advice);
        refused("objects.npz", "entry things has dtype |O" + advice);
    }

    @Test
    void damage() {
        refused("truncated.npz", "entry f4 is truncated: 20 of 24 bytes for <f4 [2, 3]");
        refused("shape.npz", "entry huge has an impossible shape: (" + "9".repeat(25) + ")");
        refused("stranger.npz", "entry readme.txt is not an array (.npy)");
    }

    @Test
    void notANpzFile() throws IOException {
        refused(folder.resolve("none.npz"), "no such file");
        Path text = Files.writeString(folder.resolve("text.npz"), "hello, this is no archive");
        IOException error = assertThrows(IOException.class, () -> NpzFile.read(text));
        assertTrue(error.getMessage().startsWith(text + ": not a .npz file ("), error.getMessage());
    }

    @Test
    void writingATypeThatNumpyLacks() {
        Path file = folder.resolve("b.npz");
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> NpzFile.write(file, Map.of("x", Nd4j.ones(DataType.BFLOAT16, 2))));
        assertEquals(
                file
                        + ": entry x has type BFLOAT16; cast to one of HALF FLOAT DOUBLE BYTE SHORT INT LONG UBYTE BOOL",
                error.getMessage());
        assertFalse(Files.exists(file));
    }
}
