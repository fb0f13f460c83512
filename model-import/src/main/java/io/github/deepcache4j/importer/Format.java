// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.nio.file.Path;
import java.util.Locale;

/** The kinds of model files, told by their ending. */
enum Format {
    ONNX,
    KERAS,
    SAMEDIFF,
    DL4J,
    SAFETENSORS;

    /**
     * The format of a file.
     *
     * @throws ImportException for another ending
     */
    static Format of(Path file) {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending.toLowerCase(Locale.ROOT)) {
            case "onnx" -> ONNX;
            case "keras", "h5", "hdf5" -> KERAS;
            case "fb" -> SAMEDIFF;
            case "zip" -> DL4J;
            case "safetensors" -> SAFETENSORS;
            default -> throw unknown(file, "is not a model file");
        };
    }

    private static ImportException unknown(Path file, String reason) {
        return new ImportException(
                file
                        + ": "
                        + reason
                        + "; give a .onnx, .keras, .h5, .fb (SameDiff), .zip (DL4J) or .safetensors"
                        + " (diffusers) file, or a folder with unet/model.onnx or"
                        + " unet/diffusion_pytorch_model.safetensors");
    }
}
