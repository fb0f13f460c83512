// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import io.github.deepcache4j.importer.ImportException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** A network in the {@code .zip} that DL4J writes: configuration.json and coefficients.bin. */
final class NetworkFile {

    private static final String CONFIGURATION = "configuration.json";
    private static final String PARAMETERS = "coefficients.bin";

    /** Of a configuration; larger ones are not networks. */
    private static final long MOST_BYTES = 64L << 20;

    /** Parameters hardly compress; more than this is a bomb. */
    private static final long MOST_RATIO = 1000;

    private NetworkFile() {}

    static ComputationGraph read(Path zip) {
        boolean graph = isGraph(zip);
        File file = zip.toFile();
        try {
            return graph
                    ? ModelSerializer.restoreComputationGraph(file, false)
                    : ModelSerializer.restoreMultiLayerNetwork(file, false).toComputationGraph();
        } catch (IOException | RuntimeException e) {
            throw new ImportException(
                    zip + ": is damaged or not a network of this DL4J: " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw new ImportException(zip + ": does not fit into memory; give more (-Xmx)", e);
        }
    }

    private static boolean isGraph(Path zip) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            ZipEntry configuration = entry(file, zip, CONFIGURATION);
            entry(file, zip, PARAMETERS);
            byte[] text = file.getInputStream(configuration).readNBytes((int) MOST_BYTES);
            return new String(text, StandardCharsets.UTF_8).contains("\"networkInputs\"");
        } catch (IOException e) {
            throw new ImportException(zip + ": is not a zip file: " + e.getMessage(), e);
        }
    }

    private static ZipEntry entry(ZipFile file, Path zip, String name) {
        ZipEntry entry = file.getEntry(name);
        if (entry == null) {
            throw new ImportException(
                    zip
                            + ": holds no "
                            + name
                            + ", so it is not a DL4J network; ModelSerializer.writeModel writes one");
        }
        boolean large = name.equals(CONFIGURATION) && entry.getSize() > MOST_BYTES;
        if (large || entry.getSize() > MOST_RATIO * Math.max(1, entry.getCompressedSize())) {
            throw new ImportException(
                    zip + ": " + name + " would have " + entry.getSize() + " bytes; it is refused");
        }
        return entry;
    }
}
