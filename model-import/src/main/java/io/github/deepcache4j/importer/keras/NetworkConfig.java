// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.importer.ImportException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A network of layers: a whole model, or a model used as a layer.
 *
 * @param sequential whether each layer takes what the one before gives
 * @param inputs in order; none if a sequential network does not declare them
 * @param outputs in order; none if it is sequential
 */
record NetworkConfig(
        String name,
        boolean sequential,
        List<LayerDefinition> layers,
        List<TensorRef> inputs,
        List<TensorRef> outputs) {

    /** Deeper ones are damaged, or made to exhaust the stack. */
    private static final int DEEPEST = 64;

    NetworkConfig {
        layers = List.copyOf(layers);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** One result of one call of a layer. */
    record TensorRef(String layer, int call, int output) {

        static Optional<TensorRef> read(JsonNode json) {
            boolean fits =
                    json.isArray()
                            && json.size() >= 3
                            && json.get(0).isTextual()
                            && json.get(1).isInt()
                            && json.get(2).isInt();
            return fits
                    ? Optional.of(
                            new TensorRef(
                                    json.get(0).textValue(),
                                    json.get(1).intValue(),
                                    json.get(2).intValue()))
                    : Optional.empty();
        }
    }

    /**
     * Reads the definition of a model.
     *
     * @param model with {@code class_name} and {@code config}
     * @throws ImportException if it is not a functional or sequential model
     */
    static NetworkConfig read(JsonNode model, String file) {
        return network(model, file, "", 0)
                .orElseThrow(
                        () ->
                                new ImportException(
                                        file
                                                + ": the model is of the class "
                                                + key(model)
                                                + "; only functional and sequential models say"
                                                + " what they compute. Build the same network with"
                                                + " keras.Model(inputs, outputs) and save that"));
    }

    private static Optional<NetworkConfig> network(
            JsonNode model, String file, String within, int depth) {
        JsonNode config = model.path("config");
        JsonNode layers = config.path("layers");
        if (!layers.isArray()) {
            return Optional.empty();
        }
        if (depth > DEEPEST) {
            throw new ImportException(file + ": its models are nested more than " + DEEPEST);
        }
        boolean sequential = !config.has("output_layers");
        String name = config.path("name").asText(model.path("name").asText(""));
        String path = depth == 0 ? "" : within + name + "/";
        List<LayerDefinition> definitions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode layer : layers) {
            LayerDefinition definition = definition(layer, file, path, depth);
            if (!names.add(definition.name())) {
                throw new ImportException(
                        file + ": two layers are named " + path + definition.name());
            }
            definitions.add(definition);
        }
        return Optional.of(
                new NetworkConfig(
                        name,
                        sequential,
                        definitions,
                        refs(config.path("input_layers"), file),
                        refs(config.path("output_layers"), file)));
    }

    private static LayerDefinition definition(JsonNode layer, String file, String path, int depth) {
        JsonNode config = layer.path("config");
        String name = layer.path("name").asText(config.path("name").asText(""));
        String className = layer.path("class_name").asText("");
        if (name.isEmpty() || className.isEmpty() || !config.isObject()) {
            throw new ImportException(
                    file
                            + ": a layer of "
                            + (path.isEmpty() ? "the model" : path)
                            + " has no name, class or config; the file may be damaged");
        }
        List<JsonNode> calls = new ArrayList<>();
        layer.path("inbound_nodes").forEach(calls::add);
        JsonNode build = layer.path("build_config");
        JsonNode shape =
                build.has("input_shape")
                        ? build.path("input_shape")
                        : build.path("shapes_dict").path("query_shape");
        return new LayerDefinition(
                name,
                className.substring(className.lastIndexOf('>') + 1),
                key(layer),
                config,
                Optional.of(shape).filter(JsonNode::isArray),
                calls,
                network(layer, file, path, depth + 1));
    }

    /** Custom classes have a package; Keras' own classes are known by their name alone. */
    private static String key(JsonNode layer) {
        String className = layer.path("class_name").asText("");
        String registered = layer.path("registered_name").asText("");
        if (registered.contains(">")) {
            return registered;
        }
        String module = layer.path("module").asText("");
        boolean operation =
                module.isEmpty()
                        // .h5 files do not tell; every layer has one of these, no operation both
                        ? !layer.path("config").has("trainable")
                                && (!layer.path("config").has("dtype") || className.equals("Cast"))
                        : module.matches("keras\\.(src\\.)?ops.*");
        return operation && !className.contains(">")
                ? KerasLayers.OPERATIONS + className
                : className;
    }

    /** References in any nesting: a single one, a list, or a dictionary of them. */
    private static List<TensorRef> refs(JsonNode json, String file) {
        List<TensorRef> found = new ArrayList<>();
        Optional<TensorRef> one = TensorRef.read(json);
        if (one.isPresent()) {
            found.add(one.get());
        } else if (json.isContainerNode()) {
            json.forEach(element -> found.addAll(refs(element, file)));
        } else if (!json.isMissingNode() && !json.isNull()) {
            throw new ImportException(file + ": " + json + " is no reference to a layer");
        }
        return found;
    }
}
