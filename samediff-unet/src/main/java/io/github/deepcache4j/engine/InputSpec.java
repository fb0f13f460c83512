// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a compiled graph expects of one input. */
public record InputSpec(DataType type, Shape shape) {

    /**
     * The arrays that a graph needs, checked.
     *
     * @throws IllegalArgumentException if one is missing or of another shape or type; the message
     *     names all
     */
    public static Map<String, INDArray> check(
            Map<String, InputSpec> specs, Map<String, INDArray> given) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        specs.forEach(
                (name, spec) -> {
                    INDArray array = given.get(name);
                    if (array == null) {
                        faults.add(name + " (" + spec + ") is missing");
                    } else if (!spec.fits(array)) {
                        faults.add(
                                name
                                        + " is "
                                        + array.dataType()
                                        + " "
                                        + Shape.of(array.shape())
                                        + ", compiled for "
                                        + spec);
                    } else {
                        arrays.put(name, array);
                    }
                });
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("inputs: " + String.join("; ", faults));
        }
        return arrays;
    }

    private boolean fits(INDArray array) {
        return array.dataType() == type && Shape.of(array.shape()).equals(shape);
    }

    @Override
    public String toString() {
        return type + " " + shape;
    }
}
