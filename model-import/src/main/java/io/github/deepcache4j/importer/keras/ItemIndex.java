// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's indexing, {@code x[:, 0, ..., None]}. */
final class ItemIndex {

    private ItemIndex() {}

    static KerasTensor get(LayerCall call) {
        KerasTensor x = call.tensor(0, "x");
        Object key =
                call.arguments()
                        .find(1, "key")
                        .orElseThrow(() -> call.refuse("argument key is missing"));
        List<?> steps = key instanceof List<?> list ? list : List.of(key);
        long consuming = steps.stream().filter(step -> !isNone(step) && !isEllipsis(step)).count();
        List<Long> dropped = new ArrayList<>();
        List<Long> added = new ArrayList<>();
        KerasTensor result = x;
        int axis = 0;
        int place = 0;
        for (Object step : steps) {
            if (isEllipsis(step)) {
                int rest = x.rank() - (int) consuming;
                axis += rest;
                place += rest;
            } else if (isNone(step)) {
                added.add((long) place++);
            } else if (!(step instanceof JsonNode json) || axis >= x.rank()) {
                throw call.refuse("an index that is a tensor is not supported");
            } else if (json.canConvertToInt() && json.isIntegralNumber()) {
                long index = json.longValue();
                long end = index == -1 ? Integer.MAX_VALUE : index + 1;
                result = slice(call, result, axis, index, end, 1);
                dropped.add((long) axis++);
            } else {
                result = range(call, result, axis++, json);
                place++;
            }
        }
        if (!dropped.isEmpty()) {
            result = call.shaped("Squeeze", result.rank() - dropped.size(), result, dropped);
        }
        return added.isEmpty()
                ? result
                : call.shaped("Unsqueeze", result.rank() + added.size(), result, added);
    }

    private static boolean isNone(Object step) {
        return step instanceof JsonNode json && json.isNull();
    }

    private static boolean isEllipsis(Object step) {
        return step instanceof JsonNode json
                && json.path("class_name").asText("").equals("__ellipsis__");
    }

    private static KerasTensor range(LayerCall call, KerasTensor x, int axis, JsonNode json) {
        JsonNode config = json.path("config");
        if (!json.path("class_name").asText("").equals("__slice__") || !config.isObject()) {
            throw call.refuse("the index " + LayerConfig.shown(json) + " is not supported");
        }
        for (String bound : List.of("start", "stop", "step")) {
            JsonNode value = config.path(bound);
            if (!value.isNull() && !value.isMissingNode() && !value.isIntegralNumber()) {
                throw call.refuse("the index " + LayerConfig.shown(json) + " is not supported");
            }
        }
        long step = config.path("step").asLong(1) == 0 ? 1 : config.path("step").asLong(1);
        boolean back = step < 0;
        long begin = config.path("start").asLong(back ? Integer.MAX_VALUE : 0);
        long end = config.path("stop").asLong(back ? -Integer.MAX_VALUE : Integer.MAX_VALUE);
        boolean whole = step == 1 && begin == 0 && end == Integer.MAX_VALUE;
        return whole ? x : slice(call, x, axis, begin, end, step);
    }

    /** A part of one axis, as Python counts. */
    static KerasTensor slice(
            LayerCall call, KerasTensor x, int axis, long begin, long end, long step) {
        KerasGraph graph = call.graph();
        List<String> operands =
                List.of(
                        graph.plain(x),
                        graph.longs(List.of(begin)),
                        graph.longs(List.of(end)),
                        graph.longs(List.of((long) axis)),
                        graph.longs(List.of(step)));
        String result = graph.node(call.path(), "Slice", operands, Map.of());
        return KerasTensor.plain(result, x.rank(), x.type());
    }
}
