// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a model came from.
 *
 * @param file name of the file
 * @param sha256 of its bytes, followed by those of the files that hold its weights, in hexadecimal
 * @param format such as {@code ONNX opset 17}
 * @param producer the exporter, as the file names it
 */
public record Provenance(String file, String sha256, String format, String producer) {

    /**
     * @param weights files that hold the model's weights, if they are not in the file itself
     * @throws ImportException if a file cannot be read
     */
    public static Provenance of(Path file, List<Path> weights, String format, String producer) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(file, digest);
            weights.forEach(more -> add(more, digest));
            return new Provenance(
                    file.getFileName().toString(),
                    HexFormat.of().formatHex(digest.digest()),
                    format,
                    producer.trim());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void add(Path file, MessageDigest digest) {
        byte[] piece = new byte[1 << 16];
        try (InputStream bytes = Files.newInputStream(file)) {
            for (int count = bytes.read(piece); count > 0; count = bytes.read(piece)) {
                digest.update(piece, 0, count);
            }
        } catch (IOException e) {
            throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
