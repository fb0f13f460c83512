// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers of the kinds that files hold, as arrays. */
final class Numbers {

    private Numbers() {}

    /**
     * Numbers read from HDF5.
     *
     * @param data a Java array, or one number
     */
    static Optional<float[]> floats(Object data) {
        if (data instanceof float[] values) {
            return Optional.of(values);
        }
        if (data instanceof Number one) {
            return Optional.of(new float[] {one.floatValue()});
        }
        if (data instanceof double[] values) {
            float[] result = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = (float) values[i];
            }
            return Optional.of(result);
        }
        long[] whole = longs(data);
        if (whole.length == 0) {
            return Optional.empty();
        }
        float[] result = new float[whole.length];
        for (int i = 0; i < whole.length; i++) {
            result[i] = whole[i];
        }
        return Optional.of(result);
    }

    private static long[] longs(Object data) {
        if (data instanceof long[] values) {
            return values;
        }
        if (data instanceof int[] values) {
            long[] result = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = values[i];
            }
            return result;
        }
        if (data instanceof short[] values) {
            long[] result = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = values[i];
            }
            return result;
        }
        return new long[0];
    }

    /**
     * Nested lists of numbers in JSON as an array; empty if they are no numbers, or ragged.
     *
     * @param type of the array
     */
    static Optional<INDArray> array(JsonNode json, DataType type) {
        List<Long> shape = new ArrayList<>();
        for (JsonNode level = json; level.isArray(); level = level.path(0)) {
            if (level.isEmpty()) {
                return Optional.empty();
            }
            shape.add((long) level.size());
        }
        List<Double> values = new ArrayList<>();
        if (!collect(json, shape, 0, values)) {
            return Optional.empty();
        }
        double[] flat = values.stream().mapToDouble(Double::doubleValue).toArray();
        long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
        INDArray all =
                sizes.length == 0
                        ? Nd4j.scalar(flat[0])
                        : Nd4j.createFromArray(flat).reshape('c', sizes);
        return Optional.of(all.castTo(type));
    }

    private static boolean collect(
            JsonNode json, List<Long> shape, int depth, List<Double> values) {
        if (depth == shape.size()) {
            values.add(json.isBoolean() ? (json.booleanValue() ? 1.0 : 0.0) : json.asDouble());
            return json.isNumber() || json.isBoolean();
        }
        if (!json.isArray() || json.size() != shape.get(depth)) {
            return false;
        }
        for (JsonNode element : json) {
            if (!collect(element, shape, depth + 1, values)) {
                return false;
            }
        }
        return true;
    }
}
