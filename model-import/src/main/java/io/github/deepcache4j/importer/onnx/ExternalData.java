// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import onnx.OnnxMl.StringStringEntryProto;
import onnx.OnnxMl.TensorProto;

/**
 * Where a tensor lies outside the model's file, as the file says (onnx.proto, {@code
 * TensorProto.external_data}).
 *
 * @param offset first byte
 * @param length number of bytes; -1 for all up to the end of the file
 */
record ExternalData(Path file, long offset, long length) {

    /**
     * Finds the file, which must lie in the model's folder: a model from a stranger must not make
     * us read other files. A link must lead to a file in that folder too, or in the folder that the
     * model's own link leads to, as in the Hugging Face cache, where both are links.
     *
     * @param what for the message: which tensor of which file
     * @throws ImportException if it names another place, or no file
     */
    static ExternalData find(Path model, TensorProto tensor, String what) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        Path file = locate(model, entries.getOrDefault("location", ""), what);
        long offset = number(entries, "offset", 0, what);
        long length = number(entries, "length", -1, what);
        return new ExternalData(file, offset, length);
    }

    private static Path locate(Path model, String location, String what) {
        try {
            Path relative = Path.of(location);
            boolean inside = !location.isEmpty() && !relative.isAbsolute();
            for (Path part : relative) {
                inside &= !part.toString().equals("..");
            }
            if (!inside) {
                throw leaves(location, what);
            }
            Path real = model.toAbsolutePath().resolveSibling(relative).toRealPath();
            if (!Files.isRegularFile(real)) {
                throw new ImportException(what + " lies in " + location + ", which is no file");
            }
            if (!real.startsWith(folder(model.toAbsolutePath()).toRealPath())
                    && !real.startsWith(folder(model.toRealPath()))) {
                throw leaves(location, what);
            }
            return real;
        } catch (InvalidPathException e) {
            throw leaves(location, what);
        } catch (IOException e) {
            throw new ImportException(
                    what
                            + " lies in "
                            + location
                            + " beside the model, and there is no such file; put it there",
                    e);
        }
    }

    private static Path folder(Path file) {
        return file.resolveSibling("");
    }

    private static ImportException leaves(String location, String what) {
        return new ImportException(
                what
                        + " lies in '"
                        + location
                        + "', which is not in the model's folder; only files there are read");
    }

    private static long number(
            Map<String, String> entries, String key, long otherwise, String what) {
        String text = entries.get(key);
        try {
            long number = text == null ? otherwise : Long.parseLong(text.trim());
            if (text == null || number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, with the text
        }
        throw new ImportException(
                what + " lies in an external file at the " + key + " '" + text + "', not a number");
    }
}
