// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import java.nio.file.Path;
import java.util.List;

/**
 * Imports ONNX files.
 *
 * <p>Read the file; fix the input sizes; find every tensor's shape and the constant ones' contents
 * ({@link TensorFacts}); recognise what exporters spell out ({@link Patterns}); emit what is left
 * into a new SameDiff graph.
 */
public final class OnnxImporter {

    private final OnnxOpRegistry registry;

    public OnnxImporter(OnnxOpRegistry registry) {
        this.registry = registry;
    }

    /**
     * Imports a file once.
     *
     * @throws ImportException if the file is damaged, a size is not given, or operators are missing
     *     (all are listed)
     */
    public ImportedGraph read(Path file, ImportOptions options) {
        return open(file).at(options);
    }

    /**
     * Reads a file, for imports at several input sizes.
     *
     * @throws ImportException if the file is damaged, or operators are missing (all are listed)
     */
    public ModelSource open(Path file) {
        return ImportException.guarded(
                file.toString(),
                () -> {
                    OnnxModel model = OnnxFile.read(file);
                    registry.requireAll(model);
                    return new OnnxSource(model, registry);
                });
    }

    /**
     * The inputs that a file declares; weights are not read.
     *
     * @throws ImportException if the file is damaged
     */
    public static List<DeclaredInput> inputs(Path file) {
        return ImportException.guarded(file.toString(), () -> OnnxFile.inputs(file));
    }
}
