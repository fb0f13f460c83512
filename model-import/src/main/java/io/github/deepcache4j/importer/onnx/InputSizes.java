// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fixes the sizes of a model's inputs: given ones, declared ones, symbolic ones known from another
 * input, batch 1.
 */
final class InputSizes {

    private InputSizes() {}

    /**
     * Every input with its shape.
     *
     * @param given by the user; must fit what the file declares
     * @throws io.github.deepcache4j.importer.ImportException naming every input whose sizes are not
     *     known
     */
    static List<Port> fix(OnnxModel model, Map<String, Shape> given) {
        for (String name : given.keySet()) {
            if (model.inputs().stream().noneMatch(input -> input.name().equals(name))) {
                throw model.fault(
                        "there is no input "
                                + name
                                + " to give a shape to; the inputs are "
                                + model.inputs().stream().map(OnnxModel.Input::name).toList());
            }
        }
        Map<String, Long> symbols = new HashMap<>();
        for (OnnxModel.Input input : model.inputs()) {
            Shape shape = given.get(input.name());
            if (shape != null) {
                bind(model, input, shape, symbols);
            }
        }
        List<Port> ports = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (OnnxModel.Input input : model.inputs()) {
            List<Long> sizes = new ArrayList<>();
            for (int axis = 0; axis < input.sizes().size(); axis++) {
                size(input, axis, given, symbols).ifPresent(sizes::add);
            }
            if (sizes.size() == input.sizes().size()) {
                ports.add(new Port(input.name(), input.type(), new Shape(sizes)));
            } else {
                unknown.add(input.name() + " " + input.sizes());
            }
        }
        if (!unknown.isEmpty()) {
            throw model.fault(
                    "the sizes of "
                            + String.join(", ", unknown)
                            + " are not fixed in the file; give them, e.g. --shape "
                            + unknown.get(0).replaceAll(" .*", "")
                            + "="
                            + example(model, unknown.get(0)));
        }
        return ports;
    }

    private static void bind(
            OnnxModel model, OnnxModel.Input input, Shape shape, Map<String, Long> symbols) {
        boolean fits = shape.rank() == input.sizes().size();
        for (int axis = 0; fits && axis < shape.rank(); axis++) {
            String declared = input.sizes().get(axis);
            if (isNumber(declared)) {
                fits = Long.parseLong(declared) == shape.size(axis);
            } else if (!declared.isEmpty()) {
                Long known = symbols.put(declared, shape.size(axis));
                fits = known == null || known == shape.size(axis);
            }
        }
        if (!fits) {
            throw model.fault(
                    "input "
                            + input.name()
                            + " is declared "
                            + input.sizes()
                            + ", which does not fit the shape "
                            + shape
                            + " given for it (axes of one name have one size)");
        }
    }

    private static Optional<Long> size(
            OnnxModel.Input input, int axis, Map<String, Shape> given, Map<String, Long> symbols) {
        Shape shape = given.get(input.name());
        if (shape != null) {
            return Optional.of(shape.size(axis));
        }
        String declared = input.sizes().get(axis);
        if (isNumber(declared)) {
            return Optional.of(Long.parseLong(declared));
        }
        Long symbol = symbols.get(declared);
        if (symbol != null) {
            return Optional.of(symbol);
        }
        // without a word from the user the batch, always the first axis, is one
        return axis == 0 ? Optional.of(1L) : Optional.empty();
    }

    private static boolean isNumber(String size) {
        return !size.isEmpty() && size.chars().allMatch(Character::isDigit) && !size.equals("0");
    }

    private static String example(OnnxModel model, String unknown) {
        OnnxModel.Input input =
                model.inputs().stream()
                        .filter(candidate -> unknown.startsWith(candidate.name() + " "))
                        .findFirst()
                        .orElseThrow();
        List<String> sizes = new ArrayList<>();
        for (int axis = 0; axis < input.sizes().size(); axis++) {
            String size = input.sizes().get(axis);
            sizes.add(isNumber(size) ? size : axis == 0 ? "1" : "64");
        }
        return String.join("x", sizes);
    }
}
