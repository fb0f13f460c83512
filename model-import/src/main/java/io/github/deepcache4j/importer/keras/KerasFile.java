// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A Keras model file, open for reading: what it computes, and with which weights. */
final class KerasFile implements AutoCloseable {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private static final String WEIGHTS = "model.weights.h5";

    private final String name;
    private final String version;
    private final String format;
    private final NetworkConfig network;
    private final boolean legacy;
    private final @Nullable KerasArchive archive;
    private @Nullable HdfWeights weights;
    private @Nullable Path copy;

    private KerasFile(
            String name,
            String version,
            String format,
            JsonNode model,
            @Nullable KerasArchive archive,
            @Nullable HdfWeights weights) {
        this.name = name;
        this.version = version;
        this.format = format;
        this.network = NetworkConfig.read(model, name);
        this.legacy = archive == null;
        this.archive = archive;
        this.weights = weights;
    }

    /**
     * Opens a file.
     *
     * @throws ImportException if it is damaged, or holds no model
     */
    static KerasFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ImportException(
                    file + (Files.exists(file) ? ": is not a file" : ": no such file"));
        }
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".keras")
                ? archive(file)
                : hdf(file);
    }

    private static KerasFile archive(Path file) {
        String name = file.getFileName().toString();
        KerasArchive archive = KerasArchive.open(file);
        try {
            JsonNode model = json(archive.text("config.json"), name + ": config.json");
            String version =
                    archive.has("metadata.json")
                            ? json(archive.text("metadata.json"), name + ": metadata.json")
                                    .path("keras_version")
                                    .asText("3")
                            : "3";
            return new KerasFile(name, version, "Keras archive", model, archive, null);
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    private static KerasFile hdf(Path file) {
        String name = file.getFileName().toString();
        HdfWeights weights = HdfWeights.open(file, name);
        try {
            String config =
                    weights.text("model_config")
                            .orElseThrow(
                                    () ->
                                            new ImportException(
                                                    name
                                                            + ": holds weights alone, not what they"
                                                            + " are for; save the whole model with"
                                                            + " model.save"));
            JsonNode model = json(config.getBytes(StandardCharsets.UTF_8), name + ": model_config");
            String version = weights.text("keras_version").orElse("2");
            return new KerasFile(name, version, "Keras HDF5", model, null, weights);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static JsonNode json(byte[] text, String what) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ImportException(what + " is damaged: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ImportException(what + " is damaged: " + e.getMessage(), e);
        }
    }

    /** For messages. */
    String name() {
        return name;
    }

    String version() {
        return version;
    }

    /** 2 for Keras 2 and tf-keras, else 3. */
    int majorVersion() {
        return version.startsWith("2") || version.startsWith("1") ? 2 : 3;
    }

    String format() {
        return format;
    }

    NetworkConfig network() {
        return network;
    }

    /** Finds the weights of the model's layers. */
    LayerWeights.NetworkWeights weights() {
        HdfWeights open = weights;
        if (open == null) {
            open = unpacked();
            weights = open;
        }
        return legacy ? LegacyWeights.of(open) : ArchiveWeights.of(open, network);
    }

    private HdfWeights unpacked() {
        try {
            Path to = Files.createTempFile("deepcache", ".h5");
            copy = to;
            if (archive != null) {
                archive.copy(WEIGHTS, to);
            }
            return HdfWeights.open(to, name + ": " + WEIGHTS);
        } catch (IOException e) {
            throw new ImportException(name + ": cannot be unpacked: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.close();
        }
        if (archive != null) {
            archive.close();
        }
        if (copy != null) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                copy.toFile().deleteOnExit();
            }
        }
    }
}
