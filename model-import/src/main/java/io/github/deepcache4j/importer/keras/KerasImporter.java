// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.importer.onnx.OnnxAssembly;
import java.nio.file.Path;
import java.util.List;

/**
 * Imports {@code .keras} files of Keras 3 and {@code .h5} files of Keras 2 and 3.
 *
 * <pre>{@code
 * KerasLayers layers = KerasLayers.standard().with("my_package>MyLayer", importer);
 * ModelSource source = new KerasImporter(layers).open(Path.of("unet.keras"));
 * UNet unet = UNetImporter.load(source, ImportOptions.none().withPort("sample", "images"));
 * }</pre>
 *
 * <p>Each layer becomes ONNX operators ({@link OnnxAssembly}), channels first where it works on
 * images; ports keep the model's layout.
 */
public final class KerasImporter {

    private final KerasLayers layers;

    public KerasImporter(KerasLayers layers) {
        this.layers = layers;
    }

    /**
     * Imports a file once.
     *
     * @throws ImportException if it is damaged, or layers or attributes are not supported (all are
     *     listed)
     */
    public ImportedGraph read(Path file, ImportOptions options) {
        return open(file).at(options);
    }

    /**
     * Reads a file, for imports at several input sizes.
     *
     * @throws ImportException if it is damaged, or layers or attributes are not supported (all are
     *     listed)
     */
    public ModelSource open(Path file) {
        return ImportException.guarded(
                file.toString(),
                () -> {
                    try (KerasFile keras = KerasFile.open(file)) {
                        return source(file, keras);
                    }
                });
    }

    /**
     * The inputs that a file declares; weights are not read.
     *
     * @throws ImportException if the file is damaged
     */
    public static List<DeclaredInput> inputs(Path file) {
        return ImportException.guarded(
                file.toString(),
                () -> {
                    try (KerasFile keras = KerasFile.open(file)) {
                        return ModelInputs.of(keras.network(), keras.name());
                    }
                });
    }

    private ModelSource source(Path file, KerasFile keras) {
        OnnxAssembly assembly =
                new OnnxAssembly(
                        keras.name(),
                        "Register a KerasLayerImporter for the layer (docs/keras.md), or save the"
                                + " model without it");
        KerasGraph graph = new KerasGraph(assembly);
        NetworkConfig network = keras.network();
        List<KerasTensor> inputs =
                ModelInputs.of(network, keras.name()).stream()
                        .map(input -> graph.input(input.name(), input.type(), input.sizes()))
                        .toList();
        Faults faults = new Faults();
        List<KerasTensor> outputs =
                new NetworkLowering(graph, layers, faults, keras.majorVersion())
                        .lower(network, "", inputs, keras.weights());
        faults.raise(keras.name());
        return graph.finish(
                ModelInputs.outputNames(network, outputs),
                outputs,
                Provenance.of(file, List.of(), keras.format(), "Keras " + keras.version()));
    }
}
