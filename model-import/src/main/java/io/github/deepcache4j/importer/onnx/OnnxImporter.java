// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.unet.UNetPorts.Port;
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
     * Imports a file.
     *
     * @throws ImportException if the file is damaged, a size is not given, or operators are missing
     *     (all are listed)
     */
    public ImportedGraph read(Path file, ImportOptions options) {
        try {
            return importFrom(file, options);
        } catch (ImportException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw new ImportException(
                    file + ": does not fit into memory: " + e.getMessage() + "; give more (-Xmx)",
                    e);
        } catch (RuntimeException e) {
            // a damaged file can be wrong in more ways than there are checks
            throw new ImportException(file + ": cannot be imported: " + e, e);
        }
    }

    private ImportedGraph importFrom(Path file, ImportOptions options) {
        OnnxModel model = OnnxFile.read(file);
        registry.requireAll(model);
        List<Port> inputs = InputSizes.fix(model, options.shapes());
        TensorFacts facts = TensorFacts.find(model, inputs, registry);
        OnnxModel simple = Patterns.simplify(facts.model(), facts);
        GraphBuilder graph = new GraphBuilder(facts.model(), facts.constants(), inputs);
        for (OnnxNode node : simple.nodes()) {
            graph.add(node, registry.find(node).orElseThrow());
        }
        List<Port> outputs =
                model.outputs().stream()
                        .map(name -> new Port(name, graph.type(name), graph.shape(name)))
                        .toList();
        Provenance provenance =
                Provenance.of(file, "ONNX opset " + model.opset(), model.producer());
        return new ImportedGraph(graph.finish(model.outputs()), inputs, outputs, provenance);
    }

    /**
     * The inputs that a file declares; weights are not read.
     *
     * @throws ImportException if the file is damaged
     */
    public static List<DeclaredInput> inputs(Path file) {
        return OnnxFile.inputs(file);
    }
}
