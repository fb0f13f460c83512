// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.importer.onnx.OnnxAssembly;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Goes through the vertices of a network in order and adds each to the model; what cannot be added
 * is noted, and the rest is looked at all the same.
 */
final class NetworkLowering {

    private static final String ADVICE =
            "Convert the network without it, or write it as a SameDiff graph";

    private final ComputationGraph network;
    private final ComputationGraphConfiguration configuration;
    private final Provenance provenance;
    private final OnnxAssembly assembly;
    private final Map<String, Activation> results = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    NetworkLowering(ComputationGraph network, Provenance provenance) {
        this.network = network;
        this.configuration = network.getConfiguration();
        this.provenance = provenance;
        this.assembly = new OnnxAssembly(provenance.file(), ADVICE);
    }

    ModelSource lower() {
        taken.addAll(configuration.getVertices().keySet());
        configuration.getNetworkInputs().forEach(this::input);
        org.deeplearning4j.nn.graph.vertex.GraphVertex[] vertices = network.getVertices();
        for (int index : network.topologicalSortOrder()) {
            String name = vertices[index].getVertexName();
            GraphVertex vertex = configuration.getVertices().get(name);
            if (vertex != null) {
                lower(name, vertex);
            }
        }
        if (!faults.isEmpty()) {
            throw new ImportException(
                    provenance.file()
                            + ": "
                            + (faults.size() == 1 ? "one thing" : faults.size() + " things")
                            + " of the network cannot be imported exactly: "
                            + String.join("; ", faults)
                            + ". "
                            + ADVICE);
        }
        return outputs();
    }

    private void input(String name) {
        taken.add(name);
        InputForm form = InputForm.of(configuration, name).orElse(null);
        if (form == null) {
            faults.add("input " + name + ": cannot tell how many axes it has");
            return;
        }
        assembly.input(name, DataType.FLOAT, form.sizes());
        VertexCall call = call(name, List.of());
        results.put(name, call.fromDl4j(name, form.rank(), form.channelsLast()));
    }

    /** A vertex behind one that failed is left out: its fault would be the same one again. */
    private void lower(String name, GraphVertex vertex) {
        Optional<String> missing = Vertices.missing(vertex);
        if (missing.isPresent()) {
            faults.add(name + ": there is no importer for the class " + missing.get());
            return;
        }
        List<Activation> inputs = new ArrayList<>();
        for (String input : configuration.getVertexInputs().getOrDefault(name, List.of())) {
            Activation found = results.get(input);
            if (found == null) {
                return;
            }
            inputs.add(found);
        }
        try {
            results.put(name, Vertices.lower(call(name, inputs), vertex));
        } catch (VertexRefusal e) {
            faults.add(name + ": " + e.getMessage());
        }
    }

    private VertexCall call(String name, List<Activation> inputs) {
        Layer layer = network.getLayer(name);
        Map<String, INDArray> parameters = layer == null ? Map.of() : layer.paramTable();
        return new VertexCall(
                name,
                inputs,
                parameters == null ? Map.of() : parameters,
                assembly,
                taken,
                configuration.getNetworkInputs().get(0));
    }

    /** Outputs have DL4J's layout, and the names of their vertices. */
    private ModelSource outputs() {
        Map<String, String> renamed = new LinkedHashMap<>();
        for (String output : configuration.getNetworkOutputs()) {
            VertexCall call = call(output, List.of());
            String array = call.asDl4j(Objects.requireNonNull(results.get(output), output));
            renamed.put(call.operator("Identity", array), output);
        }
        return assembly.finish(configuration.getNetworkOutputs(), renamed, provenance);
    }
}
