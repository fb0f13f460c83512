// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline folder in the layout of diffusers and Optimum: {@code model_index.json,
 * unet/model.onnx, scheduler/scheduler_config.json}; or with diffusers' own weights, {@code
 * unet/config.json, unet/diffusion_pytorch_model.safetensors}.
 *
 * @param network the U-Net's file
 * @param schedulerConfig the noise schedule's file, where there is one
 */
public record ModelFolder(Path network, Optional<Path> schedulerConfig) {

    /** Names of a network's file in its folder, the first that is there counts. */
    private static final List<String> NETWORKS =
            List.of("model.onnx", "diffusion_pytorch_model.safetensors");

    /**
     * Finds the parts, given the folder or the network's file in it.
     *
     * @throws ImportException if the folder holds no U-Net
     */
    public static ModelFolder locate(Path model) {
        if (Files.isDirectory(model)) {
            Path network =
                    NETWORKS.stream()
                            .map(name -> model.resolve("unet").resolve(name))
                            .filter(Files::exists)
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new ImportException(
                                                    model
                                                            + ": the folder holds no unet/"
                                                            + String.join(" or unet/", NETWORKS)));
            return new ModelFolder(network, scheduler(model));
        }
        Path folder = model.toAbsolutePath().getParent();
        // a file's grandparent is a pipeline only if it says so
        return new ModelFolder(
                model,
                Optional.ofNullable(folder)
                        .map(Path::getParent)
                        .filter(pipeline -> Files.exists(pipeline.resolve("model_index.json")))
                        .flatMap(ModelFolder::scheduler));
    }

    private static Optional<Path> scheduler(Path pipeline) {
        return Optional.of(pipeline.resolve("scheduler").resolve("scheduler_config.json"))
                .filter(Files::exists);
    }
}
