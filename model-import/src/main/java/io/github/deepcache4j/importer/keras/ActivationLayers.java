// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Layers that are an activation, and those that do nothing when a model predicts. */
final class ActivationLayers {

    /** Of tf-keras' LeakyReLU, and of Keras 3's. */
    private static final double LEAK = 0.3;

    private ActivationLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.ofEntries(
                Map.entry("Activation", one(call -> Activations.apply(call, call.input()))),
                Map.entry("ReLU", one(call -> relu(call, input(call), call.config()))),
                Map.entry("LeakyReLU", one(call -> leaky(call, input(call), call.config()))),
                Map.entry("ELU", one(call -> elu(call, input(call), call.config()))),
                Map.entry("PReLU", one(ActivationLayers::parametric)),
                Map.entry("Softmax", one(ActivationLayers::softmax)),
                Map.entry("ThresholdedReLU", one(ActivationLayers::thresholded)),
                Map.entry("Identity", one(LayerCall::input)),
                Map.entry("Dropout", dropout("rate", "noise_shape")),
                Map.entry("SpatialDropout1D", dropout("rate", "noise_shape")),
                Map.entry("SpatialDropout2D", dropout("rate", "noise_shape", "data_format")),
                Map.entry("SpatialDropout3D", dropout("rate", "noise_shape", "data_format")),
                Map.entry("AlphaDropout", dropout("rate", "noise_shape")),
                Map.entry("GaussianDropout", dropout("rate")),
                Map.entry("GaussianNoise", dropout("stddev")),
                Map.entry("ActivityRegularization", dropout("l1", "l2")));
    }

    /** A layer of one result. */
    interface Single {
        KerasTensor emit(LayerCall call);
    }

    static KerasLayerImporter one(Single single) {
        return call -> List.of(single.emit(call));
    }

    private static KerasTensor input(LayerCall call) {
        return call.floating(call.input());
    }

    /** The tensor itself, unless the call asks for training. */
    private static KerasLayerImporter dropout(String... attributes) {
        return call -> {
            call.config().ignore(attributes);
            return List.of(call.input());
        };
    }

    /** A layer, or a function with parameters, that stands where an activation is expected. */
    static Optional<KerasTensor> function(
            LayerCall call, String name, KerasTensor x, JsonNode attributes) {
        LayerConfig config = new LayerConfig(attributes);
        KerasTensor floating = call.floating(x);
        Optional<KerasTensor> result =
                switch (name) {
                    case "ReLU" -> Optional.of(relu(call, floating, config));
                    case "LeakyReLU" -> Optional.of(leaky(call, floating, config));
                    case "ELU" -> Optional.of(elu(call, floating, config));
                    default -> Optional.empty();
                };
        config.faults()
                .forEach(
                        fault -> {
                            throw call.refuse("its activation " + name + ": " + fault);
                        });
        return result;
    }

    /**
     * {@code max_value} from there on, {@code negative_slope (x - threshold)} below the threshold,
     * x between.
     */
    private static KerasTensor relu(LayerCall call, KerasTensor x, LayerConfig config) {
        double slope = config.real("negative_slope", 0);
        double threshold = config.real("threshold", 0);
        double most = config.real("max_value", Double.POSITIVE_INFINITY);
        KerasTensor result;
        if (threshold == 0) {
            result =
                    slope == 0
                            ? call.elementwise("Relu", x)
                            : call.elementwise("LeakyRelu", Map.of("alpha", slope), x);
        } else {
            KerasTensor line = call.elementwise("Sub", x, call.scalar(threshold));
            KerasTensor low = call.elementwise("Mul", line, call.scalar(slope));
            KerasTensor below = call.elementwise("Less", x, call.scalar(threshold));
            result = call.elementwise("Where", below, low, x);
        }
        return Double.isInfinite(most)
                ? result
                : call.elementwise(
                        "Clip", result, call.scalar(-Float.MAX_VALUE), call.scalar(most));
    }

    private static KerasTensor leaky(LayerCall call, KerasTensor x, LayerConfig config) {
        double slope = config.real("negative_slope", config.real("alpha", LEAK));
        return call.elementwise("LeakyRelu", Map.of("alpha", slope), x);
    }

    private static KerasTensor elu(LayerCall call, KerasTensor x, LayerConfig config) {
        return call.elementwise("Elu", Map.of("alpha", config.real("alpha", 1)), x);
    }

    /** The slopes have the input's shape without the batch, or 1 along shared axes. */
    private static KerasTensor parametric(LayerCall call) {
        call.config().ignore("shared_axes");
        KerasTensor slopes = call.constant("alpha", call.weight("alpha", 0));
        return call.elementwise("PRelu", input(call), slopes);
    }

    private static KerasTensor softmax(LayerCall call) {
        List<Long> axes = call.config().integers("axis").orElse(List.of(-1L));
        if (axes.size() != 1) {
            throw call.refuse("attribute axis=" + axes + " is not supported");
        }
        return Activations.softmax(call, "Softmax", input(call), axes.get(0));
    }

    /** x above theta, else 0. */
    private static KerasTensor thresholded(LayerCall call) {
        double theta = call.config().real("theta", 1);
        return call.elementwise("ThresholdedRelu", Map.of("alpha", theta), input(call));
    }
}
