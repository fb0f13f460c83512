// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Functions of {@code keras.ops} that make one number of many. */
final class ReductionOperations {

    private ReductionOperations() {}

    static Map<String, KerasLayerImporter> all() {
        Map<String, KerasLayerImporter> all = new HashMap<>();
        Map.of(
                        "Sum", "ReduceSum",
                        "Max", "ReduceMax",
                        "Amax", "ReduceMax",
                        "Min", "ReduceMin",
                        "Amin", "ReduceMin",
                        "Prod", "ReduceProd")
                .forEach(
                        (name, operator) ->
                                all.put(
                                        name,
                                        ActivationLayers.one(
                                                call ->
                                                        reduce(
                                                                call,
                                                                operator,
                                                                ElementwiseOperations.first(
                                                                        call)))));
        all.put("Mean", ActivationLayers.one(call -> floating(call, "ReduceMean")));
        all.put("Logsumexp", ActivationLayers.one(call -> floating(call, "ReduceLogSumExp")));
        all.put("Var", ActivationLayers.one(ReductionOperations::variance));
        all.put("Std", ActivationLayers.one(call -> call.elementwise("Sqrt", variance(call))));
        return all;
    }

    private static KerasTensor floating(LayerCall call, String operator) {
        return reduce(call, operator, ElementwiseOperations.floating(call));
    }

    private static List<Integer> axes(LayerCall call, KerasTensor x) {
        return call
                .config()
                .integers("axis")
                .orElse(LongStream.range(0, x.rank()).boxed().toList())
                .stream()
                .map(axis -> call.axis(axis, x.rank()))
                .sorted()
                .toList();
    }

    private static KerasTensor reduce(LayerCall call, String operator, KerasTensor x) {
        call.config().requireUnset("initial", "dtype");
        boolean keep = call.config().flag("keepdims", false);
        return reduce(call, operator, x, axes(call, x), keep);
    }

    private static KerasTensor reduce(
            LayerCall call, String operator, KerasTensor x, List<Integer> axes, boolean keep) {
        if (axes.isEmpty()) {
            return x;
        }
        boolean image = x.isImage() && keep;
        List<Long> places = new ArrayList<>();
        for (int axis : axes) {
            places.add((long) (image ? Elementwise.inside(axis, x.rank()) : axis));
        }
        KerasGraph graph = call.graph();
        String result =
                graph.node(
                        call.path(),
                        operator,
                        List.of(
                                image ? graph.channelsFirst(x) : graph.plain(x),
                                graph.longs(places)),
                        Map.of("keepdims", keep ? 1L : 0L));
        int rank = keep ? x.rank() : x.rank() - axes.size();
        return image
                ? KerasTensor.channelsFirst(result, rank, x.type())
                : KerasTensor.plain(result, rank, x.type());
    }

    /** The mean of squared distances from the mean. */
    private static KerasTensor variance(LayerCall call) {
        KerasTensor x = ElementwiseOperations.floating(call);
        List<Integer> axes = axes(call, x);
        KerasTensor off = call.elementwise("Sub", x, reduce(call, "ReduceMean", x, axes, true));
        boolean keep = call.config().flag("keepdims", false);
        return reduce(call, "ReduceMean", call.elementwise("Mul", off, off), axes, keep);
    }
}
