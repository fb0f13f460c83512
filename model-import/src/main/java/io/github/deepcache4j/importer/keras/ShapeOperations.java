// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Functions of {@code keras.ops} that move elements. */
final class ShapeOperations {

    private ShapeOperations() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.ofEntries(
                Map.entry("Reshape", ActivationLayers.one(ShapeOperations::reshape)),
                Map.entry(
                        "Ravel", ActivationLayers.one(call -> call.reshape(x(call), List.of(-1L)))),
                Map.entry("Transpose", ActivationLayers.one(ShapeOperations::transpose)),
                Map.entry("Swapaxes", ActivationLayers.one(ShapeOperations::swap)),
                Map.entry("Moveaxis", ActivationLayers.one(ShapeOperations::move)),
                Map.entry("ExpandDims", ActivationLayers.one(ShapeOperations::expandDims)),
                Map.entry("Squeeze", ActivationLayers.one(ShapeOperations::squeeze)),
                Map.entry("Concatenate", ActivationLayers.one(ShapeOperations::concatenate)),
                Map.entry("Stack", ActivationLayers.one(ShapeOperations::stack)),
                Map.entry("Split", ShapeOperations::split),
                Map.entry("Unstack", ShapeOperations::unstack),
                Map.entry("Tile", ActivationLayers.one(ShapeOperations::tile)),
                Map.entry("Repeat", ActivationLayers.one(ShapeOperations::repeat)),
                Map.entry("BroadcastTo", ActivationLayers.one(ShapeOperations::broadcast)),
                Map.entry("GetItem", ActivationLayers.one(ItemIndex::get)));
    }

    private static KerasTensor x(LayerCall call) {
        return ElementwiseOperations.first(call);
    }

    private static List<Long> integers(LayerCall call, String attribute) {
        return call.config()
                .integers(attribute)
                .orElseThrow(() -> call.refuse("attribute " + attribute + " is missing"));
    }

    private static KerasTensor reshape(LayerCall call) {
        List<Long> sizes = integers(call, "newshape");
        if (sizes.stream().anyMatch(size -> size < -1 || size == 0)) {
            throw call.refuse("attribute newshape=" + sizes + " is not supported");
        }
        return call.reshape(x(call), sizes);
    }

    private static KerasTensor transpose(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> reversed = new ArrayList<>(LongStream.range(0, x.rank()).boxed().toList());
        Collections.reverse(reversed);
        List<Long> axes = call.config().integers("axes").orElse(reversed);
        return call.transpose(
                x, axes.stream().map(axis -> (long) call.axis(axis, x.rank())).toList());
    }

    private static KerasTensor swap(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> order = new ArrayList<>(LongStream.range(0, x.rank()).boxed().toList());
        int one = call.axis(call.config().integer("axis1", 0), x.rank());
        int two = call.axis(call.config().integer("axis2", 0), x.rank());
        Collections.swap(order, one, two);
        return call.transpose(x, order);
    }

    private static KerasTensor move(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> from = integers(call, "source");
        List<Long> to = integers(call, "destination");
        Long[] order = new Long[x.rank()];
        List<Long> rest = new ArrayList<>(LongStream.range(0, x.rank()).boxed().toList());
        for (int i = 0; i < from.size(); i++) {
            long axis = call.axis(from.get(i), x.rank());
            order[call.axis(to.get(i), x.rank())] = axis;
            rest.remove(axis);
        }
        for (int place = 0; place < order.length; place++) {
            if (order[place] == null) {
                order[place] = rest.remove(0);
            }
        }
        return call.transpose(x, List.of(order));
    }

    private static KerasTensor expandDims(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> axes = integers(call, "axis");
        return call.shaped("Unsqueeze", x.rank() + axes.size(), x, axes);
    }

    private static KerasTensor squeeze(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> axes = integers(call, "axis");
        return call.shaped("Squeeze", x.rank() - axes.size(), x, axes);
    }

    private static KerasTensor concatenate(LayerCall call) {
        return call.concatenate(call.config().integer("axis", 0), parts(call));
    }

    private static List<KerasTensor> parts(LayerCall call) {
        List<KerasTensor> parts = new ArrayList<>();
        call.arguments()
                .find(0, "xs")
                .or(() -> call.arguments().find(0, "x"))
                .ifPresent(value -> Arguments.collect(value, parts));
        if (parts.isEmpty()) {
            throw call.refuse("it is called with no tensors");
        }
        return parts;
    }

    private static KerasTensor stack(LayerCall call) {
        List<KerasTensor> parts = parts(call);
        int rank = parts.get(0).rank() + 1;
        long axis = call.axis(call.config().integer("axis", 0), rank);
        List<KerasTensor> apart =
                parts.stream()
                        .map(part -> call.shaped("Unsqueeze", rank, part, List.of(axis)))
                        .toList();
        return call.concatenate(axis, apart);
    }

    /** Into a number of equal parts, or at places. */
    private static List<KerasTensor> split(LayerCall call) {
        KerasTensor x = x(call);
        int axis = call.axis(call.config().integer("axis", 0), x.rank());
        List<Long> given = integers(call, "indices_or_sections");
        boolean places =
                call.config().json("indices_or_sections").filter(v -> v.isArray()).isPresent();
        if (!places) {
            return parts(call, x, axis, Math.toIntExact(given.get(0)));
        }
        List<KerasTensor> results = new ArrayList<>();
        long begin = 0;
        for (int i = 0; i <= given.size(); i++) {
            long end = i < given.size() ? given.get(i) : Integer.MAX_VALUE;
            results.add(ItemIndex.slice(call, x, axis, begin, end, 1));
            begin = end;
        }
        return results;
    }

    private static List<KerasTensor> parts(LayerCall call, KerasTensor x, int axis, int count) {
        if (count < 1 || count > 10_000) {
            throw call.refuse("a split into " + count + " parts is not supported");
        }
        KerasGraph graph = call.graph();
        boolean image = x.isImage();
        long place = image ? Elementwise.inside(axis, x.rank()) : axis;
        String name = image ? graph.channelsFirst(x) : graph.plain(x);
        return graph
                .nodes(
                        call.path(),
                        "Split",
                        List.of(name),
                        Map.of("axis", place, "num_outputs", (long) count),
                        count)
                .stream()
                .map(
                        part ->
                                image
                                        ? KerasTensor.channelsFirst(part, x.rank(), x.type())
                                        : KerasTensor.plain(part, x.rank(), x.type()))
                .toList();
    }

    private static List<KerasTensor> unstack(LayerCall call) {
        KerasTensor x = x(call);
        int axis = call.axis(call.config().integer("axis", 0), x.rank());
        long count = call.config().integer("num", 0);
        return parts(call, x, axis, Math.toIntExact(count)).stream()
                .map(part -> call.shaped("Squeeze", x.rank() - 1, part, List.of((long) axis)))
                .toList();
    }

    private static KerasTensor tile(LayerCall call) {
        KerasTensor x = x(call);
        List<Long> repeats = new ArrayList<>(integers(call, "repeats"));
        while (repeats.size() < x.rank()) {
            repeats.add(0, 1L);
        }
        KerasTensor wide = new Elementwise(call).widened(x, repeats.size(), 0);
        return call.shaped("Tile", repeats.size(), wide, repeats);
    }

    /** Each element several times, one after another. */
    private static KerasTensor repeat(LayerCall call) {
        KerasTensor x = x(call);
        if (!call.config().has("axis") || integers(call, "repeats").size() != 1) {
            throw call.refuse("only one number of repeats along one axis is supported");
        }
        int axis = call.axis(call.config().integer("axis", 0), x.rank());
        long count = integers(call, "repeats").get(0);
        int rank = x.rank() + 1;
        KerasTensor apart = call.shaped("Unsqueeze", rank, x, List.of(axis + 1L));
        List<Long> times = new ArrayList<>(Collections.nCopies(rank, 1L));
        times.set(axis + 1, count);
        KerasTensor tiled = call.shaped("Tile", rank, apart, times);
        Sizes sizes = new Sizes(call);
        List<String> shape = new ArrayList<>();
        for (long other = 0; other < x.rank(); other++) {
            shape.add(
                    other == axis ? call.graph().longs(List.of(-1L)) : sizes.of(x, List.of(other)));
        }
        return sizes.reshape(tiled, shape, x.rank());
    }

    private static KerasTensor broadcast(LayerCall call) {
        List<Long> sizes = integers(call, "shape");
        return call.shaped("Expand", sizes.size(), x(call), sizes);
    }
}
