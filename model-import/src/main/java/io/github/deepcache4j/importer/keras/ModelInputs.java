// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.keras.NetworkConfig.TensorRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** The inputs and outputs of a whole model. */
final class ModelInputs {

    /** All inputs have one batch size. */
    private static final String BATCH = "batch";

    private ModelInputs() {}

    /**
     * The inputs with their declared sizes.
     *
     * @throws ImportException if the file does not tell them
     */
    static List<DeclaredInput> of(NetworkConfig network, String file) {
        List<DeclaredInput> inputs = new ArrayList<>();
        if (network.sequential()) {
            LayerDefinition first =
                    network.layers().stream()
                            .findFirst()
                            .orElseThrow(
                                    () -> new ImportException(file + ": the model has no layers"));
            inputs.addAll(ofFirst(first, file));
        }
        for (TensorRef ref : network.inputs()) {
            LayerDefinition layer =
                    network.layers().stream()
                            .filter(candidate -> candidate.name().equals(ref.layer()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new ImportException(
                                                    file + ": there is no layer " + ref.layer()));
            inputs.add(input(layer, file));
        }
        return inputs;
    }

    /** Of a sequential model; Keras names an input that nobody declared after the first layer. */
    private static List<DeclaredInput> ofFirst(LayerDefinition first, String file) {
        if (first.isInput()) {
            return List.of(input(first, file));
        }
        List<DeclaredInput> inputs =
                first.network().isPresent()
                        ? of(first.network().get(), file)
                        : List.of(input(first, file));
        String name = first.name() + "_input";
        return inputs.stream()
                .map(
                        input ->
                                new DeclaredInput(
                                        inputs.size() == 1 ? name : name + "_" + input.name(),
                                        input.type(),
                                        input.sizes()))
                .toList();
    }

    private static DeclaredInput input(LayerDefinition layer, String file) {
        JsonNode config = layer.config();
        JsonNode shape =
                List.of("batch_shape", "batch_input_shape").stream()
                        .map(config::path)
                        .filter(JsonNode::isArray)
                        .findFirst()
                        .or(layer::inputShape)
                        .orElseThrow(
                                () ->
                                        new ImportException(
                                                file
                                                        + ": the shape of its input "
                                                        + layer.name()
                                                        + " is not declared; build the model with"
                                                        + " keras.Input and save it again"));
        List<String> sizes = new ArrayList<>();
        for (JsonNode size : shape) {
            if (!size.isNull() && (!size.canConvertToInt() || size.asInt() < 1)) {
                throw new ImportException(
                        file + ": input " + layer.name() + " has the shape " + shape);
            }
            boolean isBatch = sizes.isEmpty();
            sizes.add(size.isNull() ? (isBatch ? BATCH : "") : String.valueOf(size.asInt()));
        }
        if (config.path("sparse").asBoolean() || config.path("ragged").asBoolean()) {
            throw new ImportException(
                    file + ": input " + layer.name() + " is sparse or ragged, not supported");
        }
        String dtype = config.path("dtype").isTextual() ? config.path("dtype").asText() : "float32";
        Optional<DataType> type = DtypePolicy.type(dtype);
        return new DeclaredInput(
                layer.name(),
                type.orElseThrow(
                        () ->
                                new ImportException(
                                        file
                                                + ": input "
                                                + layer.name()
                                                + " is of type "
                                                + dtype
                                                + ", which is not supported")),
                sizes);
    }

    /** A name for each output: that of the layer that gives it. */
    static List<String> outputNames(NetworkConfig network, List<KerasTensor> outputs) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            String layer =
                    network.sequential()
                            ? network.layers().get(network.layers().size() - 1).name()
                            : network.outputs().get(i).layer();
            int count = 1;
            String name = layer;
            while (names.contains(name)) {
                count++;
                name = layer + "_" + count;
            }
            names.add(name);
        }
        return names;
    }
}
