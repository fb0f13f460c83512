// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers that move elements, and those that shift and scale all of them. */
final class ShapeLayers {

    private ShapeLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "Flatten", ShapeLayers::flatten,
                "Reshape", ShapeLayers::reshape,
                "Permute", ShapeLayers::permute,
                "RepeatVector", ShapeLayers::repeat,
                "Rescaling", ShapeLayers::rescaling,
                "Normalization", ShapeLayers::normalization);
    }

    /** Always in the order of channels last. */
    private static List<KerasTensor> flatten(LayerCall call) {
        KerasTensor x = call.input();
        if (!ImageLayout.of(call).isChannelsLast() && x.rank() > 2) {
            List<Long> order = new ArrayList<>(LongStream.range(2, x.rank()).boxed().toList());
            order.add(0, 0L);
            order.add(1L);
            x = call.transpose(x, order);
        }
        return List.of(
                x.rank() == 1
                        ? call.reshape(x, List.of(0L, 1L))
                        : call.reshape(x, List.of(0L, -1L)));
    }

    private static List<KerasTensor> reshape(LayerCall call) {
        List<Long> sizes =
                new ArrayList<>(call.config().integers("target_shape").orElse(List.of()));
        if (sizes.stream().anyMatch(size -> size < -1 || size == 0)) {
            throw call.refuse("attribute target_shape=" + sizes + " is not supported");
        }
        sizes.add(0, 0L);
        return List.of(call.reshape(call.input(), sizes));
    }

    /** Axes are counted from 1: the batch stays. */
    private static List<KerasTensor> permute(LayerCall call) {
        List<Long> order = new ArrayList<>(call.config().integers("dims").orElse(List.of()));
        order.add(0, 0L);
        return List.of(call.transpose(call.input(), order));
    }

    private static List<KerasTensor> repeat(LayerCall call) {
        long count = call.config().integer("n", 1);
        KerasTensor apart = call.shaped("Unsqueeze", 3, call.input(), List.of(1L));
        return List.of(call.shaped("Tile", 3, apart, List.of(1L, count, 1L)));
    }

    private static List<KerasTensor> rescaling(LayerCall call) {
        KerasTensor x = call.floating(call.input());
        KerasTensor scale = numbers(call, "scale").orElse(call.scalar(1));
        KerasTensor offset = numbers(call, "offset").orElse(call.scalar(0));
        return List.of(call.elementwise("Add", call.elementwise("Mul", x, scale), offset));
    }

    private static Optional<KerasTensor> numbers(LayerCall call, String attribute) {
        return call.config()
                .json(attribute)
                .map(
                        value ->
                                value.isNumber()
                                        ? call.scalar(value.doubleValue())
                                        : call.constant(attribute, array(call, attribute, value)));
    }

    private static INDArray array(LayerCall call, String attribute, JsonNode value) {
        return Numbers.array(value, DataType.FLOAT)
                .orElseThrow(
                        () ->
                                call.refuse(
                                        "attribute "
                                                + attribute
                                                + "="
                                                + LayerConfig.shown(value)
                                                + " is not supported"));
    }

    /** (x - mean) / sqrt(variance), or back; both are given, or were found in training data. */
    private static List<KerasTensor> normalization(LayerCall call) {
        LayerConfig config = call.config();
        KerasTensor x = call.floating(call.input());
        boolean given = config.has("mean");
        INDArray mean =
                config.json("mean")
                        .map(value -> array(call, "mean", value))
                        .orElseGet(() -> call.weight("mean", 0));
        INDArray variance =
                config.json("variance")
                        .map(value -> array(call, "variance", value))
                        .orElseGet(() -> call.weight("variance", 1));
        List<Integer> axes =
                config.integers("axis").orElse(List.of()).stream()
                        .map(axis -> call.axis(axis, x.rank()))
                        .sorted()
                        .toList();
        KerasTensor centre = call.constant("mean", kept(call, mean, axes, x.rank(), given));
        INDArray spread = kept(call, variance, axes, x.rank(), given);
        KerasTensor deviation =
                call.elementwise(
                        "Max",
                        call.elementwise("Sqrt", call.constant("variance", spread)),
                        call.scalar(1e-7));
        return List.of(
                config.flag("invert", false)
                        ? call.elementwise("Add", centre, call.elementwise("Mul", x, deviation))
                        : call.elementwise("Div", call.elementwise("Sub", x, centre), deviation));
    }

    /** Statistics of some axes with an axis of size 1 for each other. */
    private static INDArray kept(
            LayerCall call, INDArray values, List<Integer> axes, int rank, boolean given) {
        long[] shape = Collections.nCopies(rank, 1L).stream().mapToLong(i -> i).toArray();
        if (values.length() == 1) {
            return values.reshape(shape);
        }
        if (values.rank() != axes.size()) {
            throw call.refuse(
                    "a mean or variance of "
                            + values.rank()
                            + " axes for axis="
                            + axes
                            + (given ? " is not supported" : " does not fit"));
        }
        for (int i = 0; i < axes.size(); i++) {
            shape[axes.get(i)] = values.size(i);
        }
        return values.dup('c').reshape('c', shape);
    }
}
