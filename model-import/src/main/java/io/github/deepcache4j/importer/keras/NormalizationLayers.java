// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Normalisations over a batch's statistics, groups, layers, lengths. */
final class NormalizationLayers {

    /** Keras' own default, where ONNX has 1e-5. */
    private static final double EPSILON = 1e-3;

    private NormalizationLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "BatchNormalization", NormalizationLayers::batch,
                "SyncBatchNormalization", NormalizationLayers::batch,
                "GroupNormalization", NormalizationLayers::group,
                "LayerNormalization", NormalizationLayers::layer,
                "RMSNormalization", NormalizationLayers::rootMeanSquare,
                "UnitNormalization", NormalizationLayers::unit);
    }

    /** With the statistics that training has left. */
    private static List<KerasTensor> batch(LayerCall call) {
        LayerConfig config = call.config();
        config.ignore(
                "momentum",
                "synchronized",
                "fused",
                "renorm",
                "renorm_clipping",
                "renorm_momentum");
        config.requireUnset("virtual_batch_size");
        KerasTensor x = call.floating(call.input());
        long axis = single(call, -1);
        boolean scale = config.flag("scale", true);
        boolean center = config.flag("center", true);
        int index = (scale ? 1 : 0) + (center ? 1 : 0);
        INDArray mean = call.weight("moving_mean", index);
        INDArray variance = call.weight("moving_variance", index + 1);
        INDArray gamma = scale ? call.weight("gamma", 0) : Nd4j.onesLike(mean);
        INDArray beta = center ? call.weight("beta", scale ? 1 : 0) : Nd4j.zerosLike(mean);
        List<String> operands = new ArrayList<>();
        for (var entry :
                List.of(
                        Map.entry("gamma", gamma),
                        Map.entry("beta", beta),
                        Map.entry("moving_mean", mean),
                        Map.entry("moving_variance", variance))) {
            operands.add(call.graph().plain(call.constant(entry.getKey(), entry.getValue())));
        }
        Map<String, Object> attributes = Map.of("epsilon", config.real("epsilon", EPSILON));
        return List.of(overChannels(call, "BatchNormalization", x, axis, operands, attributes));
    }

    /** The attribute {@code axis}, which may be a list of one. */
    private static long single(LayerCall call, long otherwise) {
        List<Long> axes = call.config().integers("axis").orElse(List.of(otherwise));
        if (axes.size() != 1) {
            throw call.refuse("attribute axis=" + axes + " is not supported");
        }
        return axes.get(0);
    }

    /** An operator whose channels are axis 1. */
    private static KerasTensor overChannels(
            LayerCall call,
            String operator,
            KerasTensor x,
            long given,
            List<String> operands,
            Map<String, Object> attributes) {
        int axis = call.axis(given, x.rank());
        boolean last = axis == x.rank() - 1;
        if (axis != 1 && !last) {
            throw call.refuse("attribute axis=" + given + " is not supported");
        }
        List<String> names = new ArrayList<>(operands);
        names.add(0, last ? call.graph().channelsFirst(x) : call.graph().plain(x));
        String result = call.graph().node(call.path(), operator, names, attributes);
        return last && x.rank() > 2
                ? KerasTensor.channelsFirst(result, x.rank(), x.type())
                : KerasTensor.plain(result, x.rank(), x.type());
    }

    private static List<KerasTensor> group(LayerCall call) {
        LayerConfig config = call.config();
        KerasTensor x = call.floating(call.input());
        long axis = single(call, -1);
        boolean scale = config.flag("scale", true);
        boolean center = config.flag("center", true);
        long groups = config.integer("groups", 32);
        List<Long> channels = List.of((long) call.axis(axis, x.rank()));
        String gamma = vector(call, scale, "gamma", 0, 1, x, channels);
        String beta = vector(call, center, "beta", scale ? 1 : 0, 0, x, channels);
        if (groups == -1) {
            groups = call.findWeight(scale ? "gamma" : "beta", 0).map(INDArray::length).orElse(0L);
        }
        if (groups < 1) {
            throw call.refuse("attribute groups=" + groups + " is not supported");
        }
        return List.of(
                overChannels(
                        call,
                        "GroupNormalization",
                        x,
                        axis,
                        List.of(gamma, beta),
                        Map.of("num_groups", groups, "epsilon", config.real("epsilon", EPSILON))));
    }

    /** A scale or shift; without one as many ones or zeros as there are elements. */
    private static String vector(
            LayerCall call,
            boolean has,
            String name,
            int index,
            double otherwise,
            KerasTensor x,
            List<Long> axes) {
        KerasTensor vector =
                has
                        ? call.constant(name, call.weight(name, index))
                        : new Sizes(call)
                                .filled(
                                        otherwise,
                                        List.of(new Sizes(call).of(x, axes)),
                                        axes.size());
        return call.graph().plain(vector);
    }

    private static List<KerasTensor> layer(LayerCall call) {
        LayerConfig config = call.config();
        config.requireUnset("rms_scaling");
        boolean scale = config.flag("scale", true);
        boolean center = config.flag("center", true);
        double epsilon = config.real("epsilon", EPSILON);
        return List.of(
                overLast(
                        call,
                        (x, first) -> {
                            List<Long> axes = LongStream.range(first, x.rank()).boxed().toList();
                            List<String> operands =
                                    List.of(
                                            call.graph().plain(x),
                                            vector(call, scale, "gamma", 0, 1, x, axes),
                                            vector(
                                                    call,
                                                    center,
                                                    "beta",
                                                    scale ? 1 : 0,
                                                    0,
                                                    x,
                                                    axes));
                            return call.graph()
                                    .node(
                                            call.path(),
                                            "LayerNormalization",
                                            operands,
                                            Map.of("axis", (long) first, "epsilon", epsilon));
                        }));
    }

    private interface OverLast {
        /**
         * @param first of the last axes, over which it goes
         */
        String emit(KerasTensor x, int first);
    }

    /** Works over the last axes; others are brought there and back. */
    private static KerasTensor overLast(LayerCall call, OverLast work) {
        KerasTensor x = call.floating(call.input());
        List<Integer> axes =
                call.config().integers("axis").orElse(List.of(-1L)).stream()
                        .map(axis -> call.axis(axis, x.rank()))
                        .sorted()
                        .distinct()
                        .toList();
        List<Long> order = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!axes.contains(axis)) {
                order.add((long) axis);
            }
        }
        axes.forEach(axis -> order.add((long) axis));
        int first = x.rank() - axes.size();
        boolean there = IntStream.range(0, x.rank()).allMatch(i -> order.get(i) == i);
        if (there) {
            return KerasTensor.plain(work.emit(x, first), x.rank(), x.type());
        }
        KerasTensor turned = call.transpose(x, order);
        KerasTensor result = KerasTensor.plain(work.emit(turned, first), x.rank(), x.type());
        List<Long> back =
                LongStream.range(0, x.rank()).mapToObj(i -> (long) order.indexOf(i)).toList();
        return call.transpose(result, back);
    }

    private static List<KerasTensor> rootMeanSquare(LayerCall call) {
        double epsilon = call.config().real("epsilon", 1e-6);
        KerasTensor scale = call.constant("scale", call.weight("scale", 0));
        return List.of(
                overLast(
                        call,
                        (x, first) ->
                                call.graph()
                                        .node(
                                                call.path(),
                                                "RMSNormalization",
                                                List.of(
                                                        call.graph().plain(x),
                                                        call.graph().plain(scale)),
                                                Map.of("axis", (long) first, "epsilon", epsilon))));
    }

    /** x over its length, which is at least 1e-12 (in Keras 2 the square of it). */
    private static List<KerasTensor> unit(LayerCall call) {
        KerasTensor x = call.floating(call.input());
        List<Long> axes = call.config().integers("axis").orElse(List.of(-1L));
        return List.of(unit(call, x, axes));
    }

    static KerasTensor unit(LayerCall call, KerasTensor x, List<Long> axes) {
        KerasTensor square = call.operator("Mul", x.rank(), Map.of(), x, x);
        KerasTensor sum = call.shaped("ReduceSum", x.rank(), square, axes);
        KerasTensor least = call.scalar(1e-12);
        KerasTensor length =
                call.kerasVersion() == 2
                        ? call.elementwise("Sqrt", call.elementwise("Max", sum, least))
                        : call.elementwise("Max", call.elementwise("Sqrt", sum), least);
        return call.elementwise("Div", x, length);
    }
}
