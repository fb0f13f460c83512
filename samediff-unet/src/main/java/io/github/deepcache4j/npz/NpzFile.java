// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A numpy {@code .npz} file: a zip archive of {@code NAME.npy} entries.
 *
 * <p>Takes f2, f4, f8, i1, i2, i4, i8, u1 and bool, either byte order, C and Fortran order, any
 * rank including scalars of shape {@code ()}, stored and deflated entries. Everything else (complex
 * numbers, text, Python objects, wider unsigned integers) is refused by name.
 *
 * <p>ND4J's own reader is not used: M2.1 ignores {@code fortran_order} and byte order, so it
 * returns scrambled values without a word.
 */
public final class NpzFile {

    private static final String SUFFIX = ".npy";

    /** numpy's own date for entries, so that equal arrays make equal files. */
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private NpzFile() {}

    /**
     * Reads all arrays of a file.
     *
     * @return arrays by name (without {@code .npy}), in file order; each in C order
     * @throws IOException if the file is missing or damaged, or holds arrays that cannot be taken;
     *     one line that names the file and every such entry
     */
    public static Map<String, INDArray> read(Path file) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                if (!name.endsWith(SUFFIX)) {
                    faults.add("entry " + name + " is not an array (.npy)");
                    continue;
                }
                name = name.substring(0, name.length() - SUFFIX.length());
                try (InputStream in = zip.getInputStream(entry)) {
                    arrays.put(name, NpyFormat.read(in));
                } catch (IOException e) {
                    faults.add("entry " + name + " " + e.getMessage());
                }
            }
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (ZipException e) {
            throw new IOException(
                    file + ": not a .npz file (" + e.getMessage() + "); numpy.savez writes one", e);
        }
        if (!faults.isEmpty()) {
            throw new IOException(file + ": " + String.join("; ", faults));
        }
        return arrays;
    }

    /**
     * Writes arrays, uncompressed, replacing the file if it exists. A reader never sees half a
     * file: the arrays go to a temporary file in the same folder, which is then renamed.
     *
     * @param arrays by name, written in the map's order; views and any ordering are fine
     * @throws IllegalArgumentException if an array has a type without a numpy counterpart (bfloat16
     *     for one); nothing is written
     */
    public static void write(Path file, Map<String, INDArray> arrays) throws IOException {
        List<String> faults = new ArrayList<>();
        arrays.forEach(
                (name, array) -> {
                    if (!NpyType.has(array.dataType())) {
                        faults.add("entry " + name + " has type " + array.dataType());
                    }
                });
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + ": "
                            + String.join("; ", faults)
                            + "; cast to one of "
                            + NpyType.dataTypes());
        }
        Path absolute = file.toAbsolutePath();
        Path temporary =
                absolute.resolveSibling(
                        "." + absolute.getFileName() + "." + System.nanoTime() + ".part");
        try {
            try (ZipOutputStream zip =
                    new ZipOutputStream(
                            new BufferedOutputStream(
                                    Files.newOutputStream(
                                            temporary, StandardOpenOption.CREATE_NEW)))) {
                zip.setMethod(ZipOutputStream.STORED);
                for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
                    put(zip, array.getKey(), NpyFormat.bytes(array.getValue()));
                }
            }
            Files.move(
                    temporary,
                    absolute,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setCrc(crc.getValue());
        entry.setSize(bytes.length);
        entry.setTimeLocal(ENTRY_TIME);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
