// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The largest or the mean of a window, or of a whole image. */
final class PoolingLayers {

    private PoolingLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.ofEntries(
                Map.entry("MaxPooling1D", call -> pool(call, "MaxPool", 1)),
                Map.entry("MaxPooling2D", call -> pool(call, "MaxPool", 2)),
                Map.entry("MaxPool1D", call -> pool(call, "MaxPool", 1)),
                Map.entry("MaxPool2D", call -> pool(call, "MaxPool", 2)),
                Map.entry("AveragePooling1D", call -> pool(call, "AveragePool", 1)),
                Map.entry("AveragePooling2D", call -> pool(call, "AveragePool", 2)),
                Map.entry("AvgPool1D", call -> pool(call, "AveragePool", 1)),
                Map.entry("AvgPool2D", call -> pool(call, "AveragePool", 2)),
                Map.entry("GlobalMaxPooling1D", call -> global(call, "ReduceMax", 1)),
                Map.entry("GlobalMaxPooling2D", call -> global(call, "ReduceMax", 2)),
                Map.entry("GlobalAveragePooling1D", call -> global(call, "ReduceMean", 1)),
                Map.entry("GlobalAveragePooling2D", call -> global(call, "ReduceMean", 2)));
    }

    /** Padding does not count in a mean. */
    private static List<KerasTensor> pool(LayerCall call, String operator, int axes) {
        ImageLayout layout = ImageLayout.of(call);
        Map<String, Object> attributes = new LinkedHashMap<>();
        List<Long> sizes = call.config().perAxis("pool_size", axes, 2);
        attributes.put("kernel_shape", sizes);
        attributes.put(
                "strides",
                call.config().has("strides") ? call.config().perAxis("strides", axes, 1) : sizes);
        String padding = call.config().text("padding", "valid");
        attributes.put("auto_pad", ConvolutionLayers.autoPad(call, padding));
        return List.of(layout.apply(operator, layout.input(axes), List.of(), attributes));
    }

    private static List<KerasTensor> global(LayerCall call, String operator, int axes) {
        ImageLayout layout = ImageLayout.of(call);
        boolean keep = call.config().flag("keepdims", false);
        KerasTensor x = layout.input(axes);
        String places = call.graph().longs(LongStream.range(2, axes + 2).boxed().toList());
        return List.of(
                layout.apply(
                        operator,
                        x,
                        List.of(places),
                        Map.of("keepdims", keep ? 1L : 0L),
                        keep ? x.rank() : 2));
    }
}
