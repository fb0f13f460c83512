// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A pipeline folder in the layout of diffusers and Optimum: {@code model_index.json,
 * unet/model.onnx, scheduler/scheduler_config.json}.
 *
 * @param network the U-Net's file
 * @param schedulerConfig the noise schedule's file, where there is one
 */
public record ModelFolder(Path network, Optional<Path> schedulerConfig) {

    /**
     * Finds the parts, given the folder or the network's file in it.
     *
     * @throws ImportException if the folder holds no U-Net
     */
    public static ModelFolder locate(Path model) {
        if (Files.isDirectory(model)) {
            Path network = model.resolve("unet").resolve("model.onnx");
            if (!Files.exists(network)) {
                throw new ImportException(model + ": the folder holds no unet/model.onnx");
            }
            return new ModelFolder(network, scheduler(model));
        }
        Path folder = model.toAbsolutePath().getParent();
        Path pipeline = folder == null ? null : folder.getParent();
        return new ModelFolder(model, pipeline == null ? Optional.empty() : scheduler(pipeline));
    }

    private static Optional<Path> scheduler(Path pipeline) {
        return Optional.of(pipeline.resolve("scheduler").resolve("scheduler_config.json"))
                .filter(
                        config ->
                                Files.exists(config)
                                        && Files.exists(pipeline.resolve("model_index.json")));
    }
}
