// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.AnatomyResult.NotAUNet;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model file that was read, and what was found in it; it may be no U-Net at all. */
final class LoadedModel {

    private final ImportedGraph imported;
    private final @Nullable UNet unet;
    private final AnatomyResult anatomy;

    private LoadedModel(ImportedGraph imported, @Nullable UNet unet, AnatomyResult anatomy) {
        this.imported = imported;
        this.unet = unet;
        this.anatomy = anatomy;
    }

    /**
     * Reads a model.
     *
     * @throws ImportException if it cannot be read, or a port named by the user is not there; a
     *     model whose ports cannot be told is read all the same, as no U-Net
     */
    static LoadedModel load(Path model, ImportOptions options) {
        ImportedGraph imported = UNetImporter.graph(model, options);
        try {
            UNet unet = UNetImporter.unet(imported, options);
            return new LoadedModel(imported, unet, anatomy(unet));
        } catch (ImportException e) {
            Optional<AnatomyResult> found = withoutTimestep(imported, options);
            if (found.isPresent()) {
                return new LoadedModel(imported, null, found.get());
            }
            if (!options.ports().isEmpty()) {
                throw e;
            }
            return new LoadedModel(
                    imported, null, new NotAUNet(List.of(Objects.toString(e.getMessage()) + ".")));
        }
    }

    /** A U-Net that came from no file. */
    static LoadedModel of(ImportedGraph graph, UNet unet) {
        return new LoadedModel(graph, unet, anatomy(unet));
    }

    /** Skips of a network that takes no timestep, as segmentation ones do; empty if it has none. */
    private static Optional<AnatomyResult> withoutTimestep(
            ImportedGraph imported, ImportOptions options) {
        try {
            return UNetImporter.withoutTimestep(imported, options)
                    .map(
                            ports ->
                                    SkipFinder.find(
                                            GraphReader.read(
                                                    imported.sameDiff(),
                                                    List.of(ports.output().name()),
                                                    imported.inputShapes()),
                                            ports.sample().name(),
                                            ports.output().name()))
                    .filter(Found.class::isInstance);
        } catch (ImportException e) {
            return Optional.empty();
        }
    }

    static AnatomyResult anatomy(UNet unet) {
        return SkipFinder.find(
                unet.graph(), unet.ports().sample().name(), unet.ports().output().name());
    }

    ImportedGraph imported() {
        return imported;
    }

    /** Empty if it cannot be told which tensors are the sample and the timestep, or has none. */
    Optional<UNet> unet() {
        return Optional.ofNullable(unet);
    }

    AnatomyResult anatomy() {
        return anatomy;
    }

    /** The part of the model that computes its prediction, or all its outputs if it is no U-Net. */
    DataflowGraph graph() {
        return unet != null
                ? unet.graph()
                : GraphReader.read(
                        imported.sameDiff(),
                        imported.outputs().stream().map(Port::name).toList(),
                        imported.inputShapes());
    }
}
