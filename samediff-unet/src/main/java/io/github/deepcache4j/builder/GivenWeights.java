// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values by name, checked before anything is built. */
record GivenWeights(Map<String, INDArray> values) implements Weights {

    /**
     * Checks names, shapes and types.
     *
     * @throws IllegalArgumentException naming all that is missing, of another shape or unknown
     */
    static GivenWeights check(List<Parameter> parameters, Map<String, INDArray> values) {
        List<String> faults = new ArrayList<>();
        for (Parameter parameter : parameters) {
            INDArray value = values.get(parameter.name());
            if (value == null) {
                faults.add(parameter.name() + " " + parameter.shape() + " is missing");
            } else if (!Arrays.equals(value.shape(), parameter.shape().toArray())) {
                faults.add(
                        parameter.name()
                                + " has shape "
                                + Arrays.toString(value.shape())
                                + ", not "
                                + parameter.shape());
            } else if (!value.dataType().isFPType()) {
                faults.add(parameter.name() + " is " + value.dataType());
            }
        }
        Set<String> known = parameters.stream().map(Parameter::name).collect(Collectors.toSet());
        values.keySet().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .forEach(name -> faults.add("the network has no " + name));
        if (!faults.isEmpty()) {
            int shown = Math.min(8, faults.size());
            throw new IllegalArgumentException(
                    "weights do not fit the configuration: "
                            + String.join("; ", faults.subList(0, shown))
                            + (shown < faults.size()
                                    ? "; and " + (faults.size() - shown) + " more"
                                    : ""));
        }
        return new GivenWeights(values);
    }

    @Override
    public INDArray of(Parameter parameter) {
        INDArray value = values.get(parameter.name());
        if (value == null) {
            throw new IllegalStateException(parameter.name() + " was not checked");
        }
        boolean plain =
                value.dataType() == DataType.FLOAT && value.ordering() == 'c' && !value.isView();
        return plain ? value : value.castTo(DataType.FLOAT).dup('c');
    }
}
