// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The functions of {@code keras.activations}, as attributes of layers and by themselves. */
final class Activations {

    private Activations() {}

    /** What the attribute {@code activation} says. */
    static KerasTensor apply(LayerCall call, KerasTensor x) {
        Optional<JsonNode> given = call.config().json("activation");
        if (given.isEmpty()) {
            return x;
        }
        JsonNode activation = given.get();
        String name = name(activation);
        LayerConfig options = new LayerConfig(JsonNodeFactory.instance.objectNode());
        Optional<KerasTensor> result =
                activation.path("config").isObject()
                        ? ActivationLayers.function(call, name, x, activation.path("config"))
                        : function(call, name, x, options);
        return result.orElseThrow(
                () ->
                        call.refuse(
                                "attribute activation="
                                        + LayerConfig.shown(activation)
                                        + " is not supported"));
    }

    /** A text, or an object that names a function or a layer. */
    private static String name(JsonNode activation) {
        if (activation.isTextual()) {
            return activation.textValue();
        }
        return activation.path("config").isTextual() && !isCustom(activation)
                ? activation.path("config").textValue()
                : activation.path("class_name").asText("");
    }

    private static boolean isCustom(JsonNode activation) {
        String registered = activation.path("registered_name").asText("");
        return registered.contains(">") || registered.equals("<lambda>");
    }

    /**
     * A function by its name.
     *
     * @param options its parameters, where they are not the usual ones
     * @return empty for an unknown name
     */
    static Optional<KerasTensor> function(
            LayerCall call, String name, KerasTensor given, LayerConfig options) {
        KerasTensor x = call.floating(given);
        return Optional.ofNullable(
                switch (name) {
                    case "linear" -> given;
                    case "relu" -> call.elementwise("Relu", x);
                    case "relu6" -> clip(call, x, 0, 6);
                    case "sigmoid" -> call.elementwise("Sigmoid", x);
                    case "tanh" -> call.elementwise("Tanh", x);
                    case "silu", "swish" -> call.elementwise("Swish", x);
                    case "mish" -> call.elementwise("Mish", x);
                    case "softplus" -> call.elementwise("Softplus", x);
                    case "softsign" -> call.elementwise("Softsign", x);
                    case "exponential" -> call.elementwise("Exp", x);
                    case "selu" -> call.elementwise("Selu", x);
                    case "elu" -> with(call, "Elu", x, "alpha", options.real("alpha", 1));
                    case "celu" -> with(call, "Celu", x, "alpha", options.real("alpha", 1));
                    case "gelu" -> gelu(call, x, options.flag("approximate", false));
                    case "leaky_relu" ->
                            with(
                                    call,
                                    "LeakyRelu",
                                    x,
                                    "alpha",
                                    options.real("negative_slope", 0.2));
                    case "hard_sigmoid" -> hardSigmoid(call, x);
                    case "hard_silu", "hard_swish" ->
                            call.elementwise("Mul", x, ramp(call, x, 1 / 6.0));
                    case "hard_tanh" -> clip(call, x, -1, 1);
                    case "tanh_shrink" -> call.elementwise("Sub", x, call.elementwise("Tanh", x));
                    case "log_sigmoid" ->
                            negative(call, call.elementwise("Softplus", negative(call, x)));
                    case "softmax" -> softmax(call, "Softmax", x, options.integer("axis", -1));
                    case "log_softmax" ->
                            softmax(call, "LogSoftmax", x, options.integer("axis", -1));
                    case "squareplus" -> squareplus(call, x, options.real("b", 4));
                    default -> null;
                });
    }

    private static KerasTensor with(
            LayerCall call, String operator, KerasTensor x, String attribute, double value) {
        return call.elementwise(operator, Map.of(attribute, value), x);
    }

    private static KerasTensor negative(LayerCall call, KerasTensor x) {
        return call.elementwise("Neg", x);
    }

    static KerasTensor gelu(LayerCall call, KerasTensor x, boolean approximate) {
        return call.elementwise("Gelu", Map.of("approximate", approximate ? "tanh" : "none"), x);
    }

    /** Between two bounds; numbers without axes. */
    static KerasTensor clip(LayerCall call, KerasTensor x, double low, double high) {
        return call.elementwise("Clip", x, call.scalar(low), call.scalar(high));
    }

    /** Keras 2 has a slope of 0.2, Keras 3 of 1/6. */
    private static KerasTensor hardSigmoid(LayerCall call, KerasTensor x) {
        return ramp(call, x, call.kerasVersion() == 2 ? 0.2 : 1 / 6.0);
    }

    private static KerasTensor ramp(LayerCall call, KerasTensor x, double slope) {
        return call.elementwise("HardSigmoid", Map.of("alpha", slope, "beta", 0.5), x);
    }

    private static KerasTensor squareplus(LayerCall call, KerasTensor x, double b) {
        KerasTensor square = call.elementwise("Mul", x, x);
        KerasTensor root =
                call.elementwise("Sqrt", call.elementwise("Add", square, call.scalar(b)));
        return call.elementwise("Mul", call.elementwise("Add", x, root), call.scalar(0.5));
    }

    /** Along an axis of the model's layout. */
    static KerasTensor softmax(LayerCall call, String operator, KerasTensor x, long axis) {
        long place = call.axis(axis, x.rank());
        return call.operator(operator, x.rank(), Map.of("axis", place), x);
    }

    /** Names of all functions, for messages and documentation. */
    static List<String> names() {
        return List.of(
                "linear",
                "relu",
                "relu6",
                "leaky_relu",
                "elu",
                "selu",
                "celu",
                "gelu",
                "silu",
                "swish",
                "mish",
                "sigmoid",
                "tanh",
                "softmax",
                "log_softmax",
                "softplus",
                "softsign",
                "exponential",
                "hard_sigmoid",
                "hard_silu",
                "hard_swish",
                "hard_tanh",
                "log_sigmoid",
                "tanh_shrink",
                "squareplus");
    }
}
