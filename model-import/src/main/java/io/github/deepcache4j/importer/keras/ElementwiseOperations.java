// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Functions of {@code keras.ops} that work element by element. */
final class ElementwiseOperations {

    /** Names in Keras and in ONNX. */
    private static final Map<String, String> UNARY =
            Map.ofEntries(
                    Map.entry("Exp", "Exp"),
                    Map.entry("Log", "Log"),
                    Map.entry("Sqrt", "Sqrt"),
                    Map.entry("Sin", "Sin"),
                    Map.entry("Cos", "Cos"),
                    Map.entry("Tan", "Tan"),
                    Map.entry("Erf", "Erf"),
                    Map.entry("Reciprocal", "Reciprocal"));

    /** The same for those that leave whole numbers whole. */
    private static final Map<String, String> UNARY_OF_ANY =
            Map.of(
                    "Absolute", "Abs",
                    "Abs", "Abs",
                    "Negative", "Neg",
                    "Floor", "Floor",
                    "Ceil", "Ceil");

    private static final Map<String, String> BINARY =
            Map.ofEntries(
                    Map.entry("Add", "Add"),
                    Map.entry("Subtract", "Sub"),
                    Map.entry("Multiply", "Mul"),
                    Map.entry("Maximum", "Max"),
                    Map.entry("Minimum", "Min"),
                    Map.entry("Power", "Pow"),
                    Map.entry("Equal", "Equal"),
                    Map.entry("Greater", "Greater"),
                    Map.entry("GreaterEqual", "GreaterOrEqual"),
                    Map.entry("Less", "Less"),
                    Map.entry("LessEqual", "LessOrEqual"));

    /** Functions that are activations too, and the names these have. */
    private static final Map<String, String> ACTIVATIONS =
            Map.ofEntries(
                    Map.entry("Relu", "relu"),
                    Map.entry("Relu6", "relu6"),
                    Map.entry("Sigmoid", "sigmoid"),
                    Map.entry("Tanh", "tanh"),
                    Map.entry("Silu", "silu"),
                    Map.entry("Swish", "silu"),
                    Map.entry("Softplus", "softplus"),
                    Map.entry("Softsign", "softsign"),
                    Map.entry("Selu", "selu"),
                    Map.entry("Elu", "elu"),
                    Map.entry("Celu", "celu"),
                    Map.entry("LeakyRelu", "leaky_relu"),
                    Map.entry("HardSigmoid", "hard_sigmoid"),
                    Map.entry("HardSilu", "hard_silu"),
                    Map.entry("HardTanh", "hard_tanh"),
                    Map.entry("TanhShrink", "tanh_shrink"),
                    Map.entry("LogSigmoid", "log_sigmoid"),
                    Map.entry("LogSoftmax", "log_softmax"),
                    Map.entry("Squareplus", "squareplus"));

    private ElementwiseOperations() {}

    static Map<String, KerasLayerImporter> all() {
        Map<String, KerasLayerImporter> all = new HashMap<>();
        UNARY.forEach(
                (name, operator) ->
                        all.put(name, one(call -> call.elementwise(operator, floating(call)))));
        UNARY_OF_ANY.forEach(
                (name, operator) ->
                        all.put(name, one(call -> call.elementwise(operator, first(call)))));
        BINARY.forEach(
                (name, operator) ->
                        all.put(
                                name,
                                one(
                                        call ->
                                                call.elementwise(
                                                        operator, first(call), second(call)))));
        ACTIVATIONS.forEach(
                (name, function) -> all.put(name, one(call -> activation(call, function))));
        all.put("Gelu", one(ElementwiseOperations::gelu));
        all.put("Divide", one(ElementwiseOperations::divide));
        all.put("TrueDivide", one(ElementwiseOperations::divide));
        all.put("Square", one(call -> call.elementwise("Mul", first(call), first(call))));
        all.put("Rsqrt", one(ElementwiseOperations::inverseRoot));
        all.put("Sign", one(ElementwiseOperations::sign));
        all.put("Round", one(ElementwiseOperations::round));
        all.put("Clip", one(ElementwiseOperations::clip));
        all.put("Where", one(ElementwiseOperations::where));
        all.put("Cast", one(ElementwiseOperations::cast));
        for (String same : List.of("StopGradient", "Copy", "Identity")) {
            all.put(same, one(ElementwiseOperations::first));
        }
        return all;
    }

    private static KerasLayerImporter one(ActivationLayers.Single single) {
        return ActivationLayers.one(single);
    }

    static KerasTensor first(LayerCall call) {
        return call.find(0, "x1")
                .or(() -> call.find(0, "x"))
                .orElseThrow(() -> call.refuse("argument x is missing"));
    }

    static KerasTensor second(LayerCall call) {
        return call.tensor(1, "x2");
    }

    static KerasTensor floating(LayerCall call) {
        return call.floating(first(call));
    }

    private static KerasTensor activation(LayerCall call, String function) {
        return Activations.function(call, function, first(call), call.config())
                .orElseThrow(() -> call.refuse("it is not supported"));
    }

    /** By default the approximation, unlike the activation of that name. */
    private static KerasTensor gelu(LayerCall call) {
        return Activations.gelu(call, floating(call), call.config().flag("approximate", true));
    }

    private static KerasTensor divide(LayerCall call) {
        return call.elementwise("Div", floating(call), call.floating(second(call)));
    }

    /** 1 above zero, less 1 below. */
    private static KerasTensor sign(LayerCall call) {
        KerasTensor x = first(call);
        KerasTensor zero = call.graph().scalar(x.type(), 0);
        KerasTensor above = call.cast(call.elementwise("Greater", x, zero), x.type());
        KerasTensor below = call.cast(call.elementwise("Less", x, zero), x.type());
        return call.elementwise("Sub", above, below);
    }

    private static KerasTensor round(LayerCall call) {
        call.config().require("decimals", "0");
        return call.elementwise("Round", first(call));
    }

    private static KerasTensor inverseRoot(LayerCall call) {
        return call.elementwise("Reciprocal", call.elementwise("Sqrt", floating(call)));
    }

    private static KerasTensor clip(LayerCall call) {
        KerasTensor low = bound(call, "x_min");
        KerasTensor high = bound(call, "x_max");
        return call.elementwise("Min", call.elementwise("Max", first(call), low), high);
    }

    private static KerasTensor bound(LayerCall call, String name) {
        JsonNode value =
                call.config()
                        .json(name)
                        .orElseThrow(() -> call.refuse("attribute " + name + " is missing"));
        return call.literal(name, value);
    }

    private static KerasTensor where(LayerCall call) {
        return call.elementwise(
                "Where", call.tensor(0, "condition"), call.tensor(1, "x1"), call.tensor(2, "x2"));
    }

    private static KerasTensor cast(LayerCall call) {
        String name = call.config().text("dtype", "float32");
        Optional<DataType> type = DtypePolicy.type(name);
        return call.cast(
                first(call),
                type.orElseThrow(
                        () -> call.refuse("attribute dtype=" + name + " is not supported")));
    }
}
