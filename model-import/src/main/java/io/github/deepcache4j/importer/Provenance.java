// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a model came from.
 *
 * @param file name of the file
 * @param sha256 of its bytes, in hexadecimal
 * @param format such as {@code ONNX opset 17}
 * @param producer the exporter, as the file names it
 */
public record Provenance(String file, String sha256, String format, String producer) {

    /**
     * @throws ImportException if the file cannot be read
     */
    public static Provenance of(Path file, String format, String producer) {
        try (InputStream bytes = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(bytes, digest)
                    .transferTo(java.io.OutputStream.nullOutputStream());
            return new Provenance(
                    file.getFileName().toString(),
                    HexFormat.of().formatHex(digest.digest()),
                    format,
                    producer.trim());
        } catch (IOException e) {
            throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
