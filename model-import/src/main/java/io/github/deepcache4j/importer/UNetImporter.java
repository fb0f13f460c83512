// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.importer.diffusers.DiffusersSource;
import io.github.deepcache4j.importer.dl4j.Dl4jImporter;
import io.github.deepcache4j.importer.keras.KerasImporter;
import io.github.deepcache4j.importer.keras.KerasLayers;
import io.github.deepcache4j.importer.onnx.OnnxImporter;
import io.github.deepcache4j.importer.onnx.OnnxOpRegistry;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Imports a diffusion U-Net from a model file, or from a folder in the layout that diffusers and
 * Optimum write.
 *
 * <pre>{@code
 * UNet unet = UNetImporter.load(Path.of("unet/model.onnx"));
 * }</pre>
 */
public final class UNetImporter {

    private UNetImporter() {}

    /** The model with the sizes its file fixes, batch 1. */
    public static UNet load(Path model) {
        return load(model, ImportOptions.none());
    }

    /**
     * The model for given input sizes.
     *
     * @param model an {@code .onnx}, {@code .keras}, {@code .h5}, {@code .fb} (SameDiff) or {@code
     *     .zip} (DL4J) or {@code .safetensors} (diffusers, with {@code config.json} beside it)
     *     file, or a folder with one of the latter or an ONNX file in {@code unet}
     * @throws ImportException if it cannot be imported exactly, or is no diffusion U-Net; one line
     *     for a person
     */
    public static UNet load(Path model, ImportOptions options) {
        return unet(graph(model, options), options);
    }

    /**
     * A model to import at several input sizes, with one set of weights.
     *
     * @throws ImportException if it is damaged, or operators or layers are missing
     */
    public static ModelSource open(Path model) {
        Path file = file(model);
        return switch (Format.of(file)) {
            case ONNX -> new OnnxImporter(OnnxOpRegistry.standard()).open(file);
            case KERAS -> new KerasImporter(KerasLayers.standard()).open(file);
            case SAMEDIFF -> SameDiffSource.open(file);
            case DL4J -> dl4j(file);
            case SAFETENSORS -> DiffusersSource.open(file);
        };
    }

    /** The model for given input sizes; shares its weights with the other imports of the source. */
    public static UNet load(ModelSource source, ImportOptions options) {
        return unet(source.at(options), options);
    }

    /** The U-Net in an imported graph. */
    public static UNet unet(ImportedGraph graph, ImportOptions options) {
        return UNet.of(graph.sameDiff(), PortFinder.find(graph, options.ports()));
    }

    /**
     * Sample and output of a graph that has no input for a timestep; empty if it may have one.
     *
     * @throws ImportException if sample or output cannot be told; lists the candidates
     */
    public static Optional<ImagePorts> withoutTimestep(ImportedGraph graph, ImportOptions options) {
        return PortFinder.withoutTimestep(graph, options.ports());
    }

    /** A model of any kind; its inputs need have no roles. */
    public static ImportedGraph graph(Path model, ImportOptions options) {
        return open(model).at(options);
    }

    /**
     * The inputs that a model declares, with the sizes it leaves open; quick, since weights are not
     * read.
     *
     * @throws ImportException if the file is missing or damaged
     */
    public static List<DeclaredInput> inputs(Path model) {
        Path file = file(model);
        return switch (Format.of(file)) {
            case ONNX -> OnnxImporter.inputs(file);
            case KERAS -> KerasImporter.inputs(file);
            case SAMEDIFF -> SameDiffSource.open(file).inputs();
            case DL4J -> dl4j(file).inputs();
            case SAFETENSORS -> DiffusersSource.open(file).inputs();
        };
    }

    private static ModelSource dl4j(Path file) {
        try {
            return Dl4jImporter.open(file);
        } catch (NoClassDefFoundError e) {
            throw new ImportException(
                    file
                            + ": is a DL4J file; add org.deeplearning4j:deeplearning4j-nn to the"
                            + " class path",
                    e);
        }
    }

    private static Path file(Path model) {
        Path file = ModelFolder.locate(model).network();
        if (!Files.exists(file)) {
            throw new ImportException(file + ": no such file");
        }
        Format.of(file);
        return file;
    }
}
