// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Pooling, NCHW. ND4J's own where it agrees (2-D, no dilation, padding alike on both sides, and
 * none for means); else the padded tensor's shifted slices are combined, one for each element of
 * the window.
 */
final class PoolingOps {

    private static final Pooling2D.Pooling2DType MAX = Pooling2D.Pooling2DType.MAX;

    private PoolingOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "MaxPool", e -> pool(e, MAX),
                "AveragePool", e -> pool(e, Pooling2D.Pooling2DType.AVG),
                "GlobalAveragePool", e -> global(e, SDVariable::mean),
                "GlobalMaxPool", e -> global(e, SDVariable::max));
    }

    private static List<SDVariable> global(Emission e, AxisReduction.Reduction reduction) {
        e.requireFloating(0);
        int[] image = IntStream.range(2, e.shape(0).rank()).toArray();
        return List.of(
                image.length == 0
                        ? e.in(0)
                        : AxisReduction.reduce(e, e.in(0), reduction, true, image));
    }

    private static List<SDVariable> pool(Emission e, Pooling2D.Pooling2DType type) {
        e.requireFloating(0);
        // decides the second output alone
        e.ignore("storage_order");
        List<Long> sizes =
                e.integers("kernel_shape").orElseThrow(() -> e.refuse("kernel_shape is missing"));
        Window window = Window.read(e, e.shape(0), sizes);
        boolean withPadding = e.integer("count_include_pad", 0) == 1;
        Window whole = e.integer("ceil_mode", 0) == 1 ? roundedUp(window, e.shape(0)) : window;
        boolean simple =
                sizes.size() == 2
                        && !window.isDilated()
                        && e.type(0) == DataType.FLOAT
                        && (type == MAX ? whole.padsAlike() : whole.padsNothing());
        if (simple) {
            return List.of(pool2d(e, whole, type));
        }
        return List.of(
                type == MAX
                        ? combined(
                                e,
                                whole,
                                Double.NEGATIVE_INFINITY,
                                (a, b) -> e.sameDiff().max(a, b))
                        : mean(e, whole, withPadding ? window : window.unpadded()));
    }

    /**
     * With padding for the last window that begins inside the tensor or its padding before, where
     * windows do not fit.
     */
    private static Window roundedUp(Window window, Shape x) {
        List<Long> after = new ArrayList<>();
        for (int axis : window.axes()) {
            long size = x.size(axis + 2) + window.before().get(axis);
            long padded = size + window.after().get(axis);
            long stride = window.strides().get(axis);
            long steps = (padded - window.extent(axis) + stride - 1) / stride;
            if (steps * stride >= size) {
                steps--;
            }
            after.add(Math.max(0, steps * stride + window.extent(axis) - size));
        }
        return new Window(
                window.sizes(), window.strides(), window.dilations(), window.before(), after);
    }

    private static SDVariable pool2d(Emission e, Window window, Pooling2D.Pooling2DType type) {
        Pooling2DConfig config =
                Pooling2DConfig.builder()
                        .kH(window.sizes().get(0))
                        .kW(window.sizes().get(1))
                        .sH(window.strides().get(0))
                        .sW(window.strides().get(1))
                        .pH(window.before().get(0))
                        .pW(window.before().get(1))
                        .dH(1)
                        .dW(1)
                        .isNHWC(false)
                        .paddingMode(PaddingMode.VALID)
                        .type(type)
                        .build();
        return type == MAX
                ? e.sameDiff().cnn().maxPooling2d(e.in(0), config)
                : e.sameDiff().cnn().avgPooling2d(e.in(0), config);
    }

    /** Combines the elements under the window; beyond the borders lies a number that is neutral. */
    private static SDVariable combined(
            Emission e, Window window, double neutral, BinaryOperator<SDVariable> join) {
        SDVariable x = Padding.of(e, e.in(0), window, neutral);
        Shape shape = e.shape(x);
        long elements = new Shape(window.sizes()).elements();
        if (elements > 1024) {
            throw e.refuse("a window of sizes " + window.sizes() + " is not supported");
        }
        @Nullable SDVariable result = null;
        for (long element = 0; element < elements; element++) {
            SDVariable slice = slice(e, x, shape, window, element);
            result = result == null ? slice : join.apply(result, slice);
        }
        return Objects.requireNonNull(result);
    }

    /** What lies under one element of the window, for all places of the window. */
    private static SDVariable slice(
            Emission e, SDVariable x, Shape shape, Window window, long element) {
        long[] begin = new long[shape.rank()];
        long[] end = shape.toArray();
        long[] stride = IntStream.range(0, shape.rank()).mapToLong(i -> 1).toArray();
        long rest = element;
        for (int axis = window.sizes().size() - 1; axis >= 0; axis--) {
            long offset = rest % window.sizes().get(axis) * window.dilations().get(axis);
            rest /= window.sizes().get(axis);
            stride[axis + 2] = window.strides().get(axis);
            begin[axis + 2] = offset;
            end[axis + 2] = offset + (places(window, shape, axis) - 1) * stride[axis + 2] + 1;
        }
        return e.sameDiff().stridedSlice(x, begin, end, stride);
    }

    /** How often the window fits into a padded axis. */
    private static long places(Window window, Shape padded, int axis) {
        return (padded.size(axis + 2) - window.extent(axis)) / window.strides().get(axis) + 1;
    }

    /**
     * The sum under the window over the number of elements there.
     *
     * @param counted its padding counts as elements; what {@code ceil_mode} adds never does
     */
    private static SDVariable mean(Emission e, Window window, Window counted) {
        SDVariable sum = combined(e, window, 0, SDVariable::add);
        SDVariable result = sum;
        for (int axis : window.axes()) {
            long[] shape = LongStream.generate(() -> 1).limit(e.shape(0).rank()).toArray();
            shape[axis + 2] = e.shape(sum).size(axis + 2);
            double[] counts =
                    LongStream.range(0, shape[axis + 2])
                            .mapToDouble(place -> count(e, window, counted, axis, place))
                            .toArray();
            INDArray divisor = Nd4j.createFromArray(counts).castTo(e.type(0)).reshape(shape);
            result = result.div(e.newConstant("counts" + axis, divisor));
        }
        return result;
    }

    /** How many elements under a window at a place lie in the tensor or in padding that counts. */
    private static long count(Emission e, Window window, Window counted, int axis, long place) {
        long first = place * window.strides().get(axis) - window.before().get(axis);
        long size = e.shape(0).size(axis + 2);
        return LongStream.range(0, window.sizes().get(axis))
                .map(element -> first + element * window.dilations().get(axis))
                .filter(
                        index ->
                                index >= -counted.before().get(axis)
                                        && index < size + counted.after().get(axis))
                .count();
    }
}
