// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A {@code .keras} file: a zip with {@code config.json}, {@code metadata.json} and {@code
 * model.weights.h5}. Only these are read, and nothing is unpacked under a name of the file's.
 */
final class KerasArchive implements AutoCloseable {

    private static final long MOST_CONFIG = 1L << 26;

    /** Weights hardly compress; a zip bomb does by a thousand. */
    private static final long MOST_EXPANSION = 100;

    private static final long SMALL = 1L << 24;

    private static final int MOST_ENTRIES = 10_000;

    private final ZipFile zip;
    private final String name;
    private final long bytes;

    private KerasArchive(ZipFile zip, String name, long bytes) {
        this.zip = zip;
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * @throws ImportException if it is no zip, or has entries that lead out of it
     */
    static KerasArchive open(Path file) {
        String name = file.getFileName().toString();
        try {
            ZipFile zip = new ZipFile(file.toFile());
            try {
                requireHarmless(zip, name);
            } catch (ImportException e) {
                zip.close();
                throw e;
            }
            return new KerasArchive(zip, name, Files.size(file));
        } catch (IOException e) {
            throw new ImportException(
                    name
                            + ": is not a .keras file, or is damaged or cut short ("
                            + e.getMessage()
                            + ")",
                    e);
        }
    }

    private static void requireHarmless(ZipFile zip, String name) {
        if (zip.size() > MOST_ENTRIES) {
            throw new ImportException(name + ": has " + zip.size() + " entries; it is no model");
        }
        List<String> entries = new ArrayList<>();
        zip.stream().map(ZipEntry::getName).forEach(entries::add);
        for (String entry : entries) {
            String path = "/" + entry.replace('\\', '/') + "/";
            if (path.contains("/../") || path.startsWith("//") || entry.matches("[A-Za-z]:.*")) {
                throw new ImportException(
                        name
                                + ": its entry "
                                + entry
                                + " leads out of the archive; the file is not trustworthy");
            }
        }
    }

    boolean has(String entry) {
        return zip.getEntry(entry) != null;
    }

    /** A text entry. */
    byte[] text(String entry) {
        try (InputStream stream = zip.getInputStream(entry(entry))) {
            byte[] read = stream.readNBytes((int) Math.min(MOST_CONFIG, limit()) + 1);
            if (read.length > Math.min(MOST_CONFIG, limit())) {
                throw tooLarge(entry);
            }
            return read;
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    /** Copies an entry to a file. */
    void copy(String entry, Path to) {
        try (InputStream stream = zip.getInputStream(entry(entry));
                OutputStream out = Files.newOutputStream(to)) {
            byte[] piece = new byte[1 << 16];
            long written = 0;
            for (int count = stream.read(piece); count > 0; count = stream.read(piece)) {
                written += count;
                if (written > limit()) {
                    throw tooLarge(entry);
                }
                out.write(piece, 0, count);
            }
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    private long limit() {
        return SMALL + MOST_EXPANSION * bytes;
    }

    private ZipEntry entry(String entry) {
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            throw new ImportException(
                    name + ": has no entry " + entry + "; it is not a .keras file of Keras 3");
        }
        return found;
    }

    private ImportException tooLarge(String entry) {
        return new ImportException(
                name
                        + ": its entry "
                        + entry
                        + " grows beyond "
                        + limit()
                        + " bytes when unpacked from a file of "
                        + bytes
                        + "; it is no model");
    }

    private ImportException damaged(String entry, IOException e) {
        return new ImportException(
                name + ": its entry " + entry + " is damaged (" + e.getMessage() + ")", e);
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            // nothing was written
        }
    }
}
