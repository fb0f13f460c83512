// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.keras.CallOrder.Call;
import io.github.deepcache4j.importer.keras.NetworkConfig.TensorRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Goes through the layers of a network in order and adds each to the model; what cannot be added is
 * noted, and the rest is looked at all the same.
 */
final class NetworkLowering {

    private final KerasGraph graph;
    private final KerasLayers layers;
    private final Faults faults;
    private final int version;

    NetworkLowering(KerasGraph graph, KerasLayers layers, Faults faults, int version) {
        this.graph = graph;
        this.layers = layers;
        this.faults = faults;
        this.version = version;
    }

    /**
     * Adds a network.
     *
     * @param path what the names of its layers begin with
     * @param inputs one for each of the network's
     * @return its outputs
     */
    List<KerasTensor> lower(
            NetworkConfig network,
            String path,
            List<KerasTensor> inputs,
            LayerWeights.NetworkWeights weights) {
        return network.sequential()
                ? sequence(network, path, inputs, weights)
                : functional(network, path, inputs, weights);
    }

    private List<KerasTensor> sequence(
            NetworkConfig network,
            String path,
            List<KerasTensor> inputs,
            LayerWeights.NetworkWeights weights) {
        List<KerasTensor> current = inputs;
        for (LayerDefinition layer : network.layers()) {
            if (!layer.isInput()) {
                Object argument = current.size() == 1 ? current.get(0) : List.copyOf(current);
                Arguments arguments = new Arguments(List.of(argument), Map.of());
                current = call(layer, path, arguments, weights);
            }
        }
        return current;
    }

    private List<KerasTensor> functional(
            NetworkConfig network,
            String path,
            List<KerasTensor> inputs,
            LayerWeights.NetworkWeights weights) {
        Map<String, List<KerasTensor>> results = new HashMap<>();
        for (int i = 0; i < network.inputs().size(); i++) {
            if (i < inputs.size()) {
                results.put(network.inputs().get(i).layer() + " 0", List.of(inputs.get(i)));
            }
        }
        if (network.inputs().size() != inputs.size()) {
            faults.add(
                    path,
                    "takes " + network.inputs().size() + " tensors and is given " + inputs.size());
        }
        CallOrder order = CallOrder.of(network, path, faults);
        for (Call call : order.calls()) {
            Arguments arguments =
                    new InboundNode(
                                    call.node(),
                                    ref -> resolve(ref, order.index(ref), path, results))
                            .arguments();
            results.put(
                    call.layer().name() + " " + call.index(),
                    call(call.layer(), path, arguments, weights));
        }
        List<KerasTensor> outputs = new ArrayList<>();
        for (TensorRef ref : network.outputs()) {
            outputs.add(resolve(ref, order.indexOfOutput(ref), path, results));
        }
        return outputs;
    }

    private KerasTensor resolve(
            TensorRef ref, int call, String path, Map<String, List<KerasTensor>> results) {
        List<KerasTensor> found = results.getOrDefault(ref.layer() + " " + call, List.of());
        if (ref.output() < 0 || ref.output() >= found.size()) {
            faults.add(
                    path + ref.layer(),
                    "its result "
                            + ref.output()
                            + " of call "
                            + ref.call()
                            + " is asked for but not given");
            return doubtful(List.of());
        }
        return found.get(ref.output());
    }

    private List<KerasTensor> call(
            LayerDefinition layer,
            String path,
            Arguments arguments,
            LayerWeights.NetworkWeights weights) {
        String name = path + layer.name();
        if (layer.network().isPresent()) {
            return lower(
                    layer.network().get(),
                    name + "/",
                    arguments.first(),
                    weights.of(layer).network(layer.network().get()));
        }
        boolean doubt = arguments.tensors().stream().anyMatch(KerasTensor::isDoubtful);
        LayerConfig config = new LayerConfig(layer.config());
        LayerCall call = new LayerCall(name, config, arguments, weights.of(layer), graph, version);
        KerasLayerImporter importer = layers.find(layer).orElse(null);
        if (importer == null) {
            faults.missing(name, layer);
            return List.of(doubtful(arguments.tensors()));
        }
        try {
            DtypePolicy.require(config);
            List<KerasTensor> results = importer.emit(call);
            for (int i = 0; i < results.size(); i++) {
                graph.name(results.get(i), i == 0 ? name : name + ":" + i);
            }
            if (!doubt) {
                arguments.unread().forEach(fault -> faults.add(name, layer, fault));
            }
            config.faults().forEach(fault -> faults.add(name, layer, fault));
            return results;
        } catch (LayerRefusal e) {
            refused(name, layer, config, doubt, String.valueOf(e.getMessage()));
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            // attributes or weights of a damaged file that do not fit together
            refused(name, layer, config, doubt, "cannot be imported: " + e.getMessage());
        }
        return List.of(doubtful(arguments.tensors()));
    }

    /** What follows from another layer's failure is not reported, but its attributes are. */
    private void refused(
            String name, LayerDefinition layer, LayerConfig config, boolean doubt, String reason) {
        if (!doubt) {
            faults.add(name, layer, reason);
        }
        config.statedFaults().forEach(fault -> faults.add(name, layer, fault));
    }

    private static KerasTensor doubtful(List<KerasTensor> like) {
        return like.isEmpty()
                ? KerasTensor.doubtful("", 4, DataType.FLOAT)
                : KerasTensor.doubtful("", like.get(0).rank(), DataType.FLOAT);
    }
}
