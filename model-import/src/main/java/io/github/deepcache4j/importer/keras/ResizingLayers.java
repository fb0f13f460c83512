// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Layers that change the height and width of images. */
final class ResizingLayers {

    private ResizingLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "UpSampling1D", call -> upsample(call, 1),
                "UpSampling2D", call -> upsample(call, 2),
                "Resizing", ResizingLayers::resizing,
                "ZeroPadding1D", call -> pad(call, "padding", 1, 1),
                "ZeroPadding2D", call -> pad(call, "padding", 2, 1),
                "Cropping1D", call -> pad(call, "cropping", 1, -1),
                "Cropping2D", call -> pad(call, "cropping", 2, -1));
    }

    private static List<KerasTensor> upsample(LayerCall call, int axes) {
        ImageLayout layout = ImageLayout.of(call);
        List<Long> size = call.config().perAxis("size", axes, 2);
        String interpolation = call.config().text("interpolation", "nearest");
        List<Double> scales = new ArrayList<>(List.of(1.0, 1.0));
        size.forEach(factor -> scales.add((double) factor));
        Map<String, Object> attributes =
                switch (interpolation) {
                    case "nearest" ->
                            Map.of(
                                    "mode", "nearest",
                                    "coordinate_transformation_mode", "asymmetric",
                                    "nearest_mode", "floor");
                    case "bilinear" ->
                            Map.of(
                                    "mode", "linear",
                                    "coordinate_transformation_mode", "half_pixel");
                    default -> throw unknown(call, interpolation);
                };
        KerasTensor factors =
                call.graph()
                        .constant(
                                "keras/scales " + scales,
                                () ->
                                        Nd4j.createFromArray(scales.toArray(Double[]::new))
                                                .castTo(DataType.FLOAT));
        List<String> operands = List.of("", call.graph().plain(factors));
        return List.of(layout.apply("Resize", layout.input(axes), operands, attributes));
    }

    private static RuntimeException unknown(LayerCall call, String interpolation) {
        return call.refuse(
                "attribute interpolation="
                        + interpolation
                        + " is not supported, only nearest and bilinear: backends of Keras do not"
                        + " agree on others");
    }

    private static List<KerasTensor> resizing(LayerCall call) {
        // as for all layers that prepare images, which is nothing here
        call.arguments().find(1, "training");
        long height = call.config().integer("height", 0);
        long width = call.config().integer("width", 0);
        return List.of(resize(call, height, width));
    }

    /** Without regard to the ratio of the sides. */
    static KerasTensor resize(LayerCall call, long height, long width) {
        LayerConfig config = call.config();
        config.requireUnset("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias");
        config.ignore("fill_mode", "fill_value");
        ImageLayout layout = ImageLayout.of(call);
        String interpolation = config.text("interpolation", "bilinear");
        Map<String, Object> attributes =
                switch (interpolation) {
                    case "nearest" ->
                            Map.of(
                                    "mode", "nearest",
                                    "coordinate_transformation_mode", "half_pixel",
                                    "nearest_mode", "round_prefer_ceil",
                                    "axes", List.of(2L, 3L));
                    case "bilinear" ->
                            Map.of(
                                    "mode", "linear",
                                    "coordinate_transformation_mode", "half_pixel",
                                    "axes", List.of(2L, 3L));
                    default -> throw unknown(call, interpolation);
                };
        if (height < 1 || width < 1) {
            throw call.refuse("a size of " + height + " by " + width + " is not supported");
        }
        List<String> operands = List.of("", "", call.graph().longs(List.of(height, width)));
        return layout.apply("Resize", layout.input(2), operands, attributes);
    }

    /**
     * Zeros around, or a frame cut off.
     *
     * @param sign -1 to cut
     */
    private static List<KerasTensor> pad(LayerCall call, String attribute, int axes, int sign) {
        ImageLayout layout = ImageLayout.of(call);
        List<Long> before = new ArrayList<>(List.of(0L, 0L));
        List<Long> after = new ArrayList<>(List.of(0L, 0L));
        JsonNode given =
                call.config()
                        .json(attribute)
                        .orElseThrow(() -> call.refuse("attribute " + attribute + " is missing"));
        for (int axis = 0; axis < axes; axis++) {
            JsonNode own = axes == 1 || !given.isArray() ? given : given.path(axis);
            JsonNode first = own.isArray() ? own.path(0) : own;
            JsonNode last = own.isArray() ? own.path(1) : own;
            boolean fits = first.canConvertToInt() && last.canConvertToInt();
            if (!fits || first.asInt() < 0 || last.asInt() < 0) {
                throw call.refuse(
                        "attribute "
                                + attribute
                                + "="
                                + LayerConfig.shown(given)
                                + " is not supported");
            }
            before.add((long) sign * first.asInt());
            after.add((long) sign * last.asInt());
        }
        before.addAll(after);
        return List.of(
                layout.apply(
                        "Pad", layout.input(axes), List.of(call.graph().longs(before)), Map.of()));
    }
}
