// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model, and what its file does not tell. */
final class ModelOptions {

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "An .onnx file, or a folder with unet/model.onnx as diffusers writes it.")
    private Path model = Path.of("");

    @Option(
            names = "--shape",
            paramLabel = "NAME=2x4x64x64",
            description = "Sizes of an input whose sizes the file leaves open; repeatable.")
    private Map<String, Shape> shapes = new LinkedHashMap<>();

    @Option(
            names = "--port",
            paramLabel = "ROLE=NAME",
            description = "Which tensor is sample, timestep or output, if it cannot be told.")
    private Map<String, String> ports = new LinkedHashMap<>();

    Path model() {
        return model;
    }

    ImportOptions importOptions() {
        return new ImportOptions(shapes, ports);
    }
}
