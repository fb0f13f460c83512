// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ModelFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model, and what its file does not tell. */
final class ModelOptions {

    static final String MODEL =
            "An .onnx, .keras, .h5, .fb (SameDiff) or .safetensors file, or a folder with a unet in"
                    + " it as diffusers and train write it.";

    static final String PORT = "Which tensor is sample, timestep or output, if it cannot be told.";

    @Parameters(index = "0", paramLabel = "MODEL", description = MODEL)
    private Path model = Path.of("");

    @Option(
            names = "--shape",
            paramLabel = "NAME=2x4x64x64",
            description = "Sizes of an input whose sizes the file leaves open; repeatable.")
    private Map<String, Shape> shapes = new LinkedHashMap<>();

    @Option(names = "--port", paramLabel = "ROLE=NAME", description = PORT)
    private Map<String, String> ports = new LinkedHashMap<>();

    Path model() {
        return model;
    }

    /**
     * The model's file, for ONNX Runtime to run.
     *
     * @param otherwise what to do with a file of another kind
     * @throws UserError if it is of another kind
     */
    Path onnxFile(String otherwise) {
        return onnxFile(model, otherwise);
    }

    static Path onnxFile(Path model, String otherwise) {
        Path file = ModelFolder.locate(model).network();
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
            throw new UserError(file + ": ONNX Runtime runs .onnx files only; " + otherwise);
        }
        return file;
    }

    ImportOptions importOptions() {
        return new ImportOptions(shapes, ports);
    }
}
