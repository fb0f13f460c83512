// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operators whose result is known at import: constants, shapes and ranges. */
final class ConstantOps {

    private ConstantOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "Constant", ConstantOps::constant,
                "Shape", ConstantOps::shape,
                "ConstantOfShape", ConstantOps::constantOfShape,
                "Range", ConstantOps::range,
                "Identity", e -> List.of(e.in(0)),
                "Dropout", ConstantOps::dropout);
    }

    private static List<SDVariable> constant(Emission e) {
        Optional<INDArray> value =
                e.attribute("value")
                        .map(INDArray.class::cast)
                        .or(
                                () ->
                                        e.attribute("value_int")
                                                .map(
                                                        number ->
                                                                Nd4j.scalar(
                                                                        DataType.LONG,
                                                                        (Long) number)))
                        .or(
                                () ->
                                        e.attribute("value_float")
                                                .map(
                                                        number ->
                                                                Nd4j.scalar(
                                                                        DataType.FLOAT,
                                                                        (Double) number)))
                        .or(
                                () ->
                                        e.integers("value_ints")
                                                .map(
                                                        numbers ->
                                                                Nd4j.createFromArray(
                                                                        numbers.stream()
                                                                                .mapToLong(
                                                                                        Long
                                                                                                ::longValue)
                                                                                .toArray())))
                        .or(() -> e.attribute("value_floats").map(ConstantOps::floats));
        return List.of(
                e.newConstant(
                        "value",
                        value.orElseThrow(
                                () ->
                                        e.refuse(
                                                "it has none of the values that are supported, only "
                                                        + e.node().attributes().keySet()))));
    }

    private static INDArray floats(Object numbers) {
        return Nd4j.createFromArray(
                        ((List<?>) numbers)
                                .stream().mapToDouble(number -> (Double) number).toArray())
                .castTo(DataType.FLOAT);
    }

    private static List<SDVariable> shape(Emission e) {
        Shape shape = e.shape(0);
        int start = clamp(e.integer("start", 0), shape.rank());
        int end = clamp(e.integer("end", shape.rank()), shape.rank());
        long[] sizes = start < end ? Arrays.copyOfRange(shape.toArray(), start, end) : new long[0];
        return List.of(
                e.newConstant(
                        "shape",
                        sizes.length == 0
                                ? Nd4j.create(DataType.LONG, 0)
                                : Nd4j.createFromArray(sizes)));
    }

    private static int clamp(long axis, int rank) {
        return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
    }

    private static List<SDVariable> constantOfShape(Emission e) {
        long[] shape = e.fixedLongs(0, "the shape").stream().mapToLong(Long::longValue).toArray();
        e.requireSize(Shape.of(shape));
        INDArray value =
                e.attribute("value").map(INDArray.class::cast).orElseGet(() -> Nd4j.scalar(0f));
        INDArray result =
                Arrays.stream(shape).anyMatch(size -> size == 0)
                        ? Nd4j.create(value.dataType(), shape)
                        : Nd4j.createUninitialized(value.dataType(), shape)
                                .assign(
                                        value.dataType() == DataType.LONG
                                                ? (Number) value.getLong(0)
                                                : (Number) value.getDouble(0));
        return List.of(e.newConstant("filled", result));
    }

    private static List<SDVariable> range(Emission e) {
        double start = e.fixed(0, "start").getDouble(0);
        double limit = e.fixed(1, "limit").getDouble(0);
        double delta = e.fixed(2, "delta").getDouble(0);
        if (delta == 0) {
            throw e.refuse("the delta is 0");
        }
        long count = (long) Math.max(0, Math.ceil((limit - start) / delta));
        e.requireSize(Shape.of(count));
        INDArray result = Nd4j.create(e.type(0), count);
        for (int i = 0; i < count; i++) {
            result.putScalar(i, start + i * delta);
        }
        return List.of(e.newConstant("range", result));
    }

    /** Inference: the input as it is. */
    private static List<SDVariable> dropout(Emission e) {
        e.ignore("seed", "ratio", "is_test");
        if (e.has(2) && e.fixed(2, "training_mode").getDouble(0) != 0) {
            throw e.refuse("training mode is not supported");
        }
        return e.wants(1)
                ? List.of(e.in(0), e.newConstant("kept", everything(e.shape(0))))
                : List.of(e.in(0));
    }

    private static INDArray everything(Shape shape) {
        return Nd4j.ones(DataType.INT, shape.toArray()).castTo(DataType.BOOL);
    }
}
