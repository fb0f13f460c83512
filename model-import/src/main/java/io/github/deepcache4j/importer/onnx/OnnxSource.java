// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.List;

/** An ONNX file that has been read: its nodes, and the arrays that all its imports share. */
final class OnnxSource implements ModelSource {

    private final OnnxModel model;
    private final OnnxOpRegistry registry;
    private final SharedArrays shared;

    OnnxSource(OnnxModel model, OnnxOpRegistry registry) {
        this.model = model;
        this.registry = registry;
        this.shared = new SharedArrays(model);
    }

    @Override
    public List<DeclaredInput> inputs() {
        return model.inputs().stream()
                .map(input -> new DeclaredInput(input.name(), input.type(), input.sizes()))
                .toList();
    }

    @Override
    public synchronized ImportedGraph at(ImportOptions options) {
        return ImportException.guarded(model.file(), () -> graph(options));
    }

    private ImportedGraph graph(ImportOptions options) {
        List<Port> inputs = InputSizes.fix(model, options.shapes());
        TensorFacts facts = TensorFacts.find(model, shared, inputs, registry);
        OnnxModel simple = Patterns.simplify(facts.model(), facts);
        GraphBuilder graph = new GraphBuilder(facts.model(), facts.constants(), inputs);
        for (OnnxNode node : simple.nodes()) {
            graph.add(node, registry.find(node).orElseThrow());
        }
        List<Port> outputs =
                model.outputs().stream()
                        .map(name -> new Port(name, graph.type(name), graph.shape(name)))
                        .toList();
        return new ImportedGraph(
                graph.finish(model.outputs()), inputs, outputs, model.provenance());
    }
}
