// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import io.github.deepcache4j.importer.onnx.OnnxAssembly;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One vertex on its way into ONNX operators: its inputs and parameters, and where they go. */
final class VertexCall {

    private static final List<Long> IMAGE_LAST = List.of(0L, 2L, 3L, 1L);
    private static final List<Long> IMAGE_FIRST = List.of(0L, 3L, 1L, 2L);
    private static final List<Long> SEQUENCE = List.of(0L, 2L, 1L);

    private final String vertex;
    private final List<Activation> inputs;
    private final Map<String, INDArray> parameters;
    private final OnnxAssembly assembly;
    private final Set<String> taken;
    private final String networkInput;

    /**
     * @param taken names of the graph's tensors so far; shared by all calls
     * @param networkInput a tensor that has the batch as its first axis
     */
    VertexCall(
            String vertex,
            List<Activation> inputs,
            Map<String, INDArray> parameters,
            OnnxAssembly assembly,
            Set<String> taken,
            String networkInput) {
        this.vertex = vertex;
        this.inputs = inputs;
        this.parameters = parameters;
        this.assembly = assembly;
        this.taken = taken;
        this.networkInput = networkInput;
    }

    List<Activation> inputs() {
        return inputs;
    }

    Activation input() {
        if (inputs.size() != 1) {
            throw refuse(inputs.size() + " inputs are not supported");
        }
        return inputs.get(0);
    }

    /** The only input, which must have this many axes. */
    Activation input(int rank) {
        if (input().rank() != rank) {
            throw refuse("an input of " + input().rank() + " axes is not supported, only " + rank);
        }
        return input();
    }

    /** The same vertex with another input. */
    VertexCall on(Activation input) {
        return new VertexCall(vertex, List.of(input), parameters, assembly, taken, networkInput);
    }

    boolean has(String parameter) {
        return parameters.containsKey(parameter);
    }

    /** A copy of a parameter, of type FLOAT. */
    INDArray parameter(String name) {
        INDArray array = parameters.get(name);
        if (array == null) {
            throw refuse("it has no parameter " + name);
        }
        return array.castTo(DataType.FLOAT).dup('c');
    }

    /** A vector parameter. */
    String vector(String name) {
        return constant(name, flat(name));
    }

    /** A parameter in one row. */
    INDArray flat(String name) {
        INDArray array = parameter(name);
        return array.reshape('c', new long[] {array.length()});
    }

    String constant(String role, INDArray array) {
        String name = free(vertex + "/" + role);
        assembly.constant(name, array);
        return name;
    }

    String scalar(double value) {
        return constant("value", Nd4j.scalar(DataType.FLOAT, value));
    }

    String longs(long... values) {
        return constant("sizes", Nd4j.createFromArray(values));
    }

    /** Adds an operator of one output and gives that output's name. */
    String operator(String operator, Map<String, Object> attributes, String... operands) {
        String result = free(vertex + "/" + operator);
        assembly.node(vertex, operator, List.of(operands), List.of(result), attributes);
        return result;
    }

    String operator(String operator, String... operands) {
        return operator(operator, Map.of(), operands);
    }

    /** The first axis' size as a tensor of one element: batches are not known before import. */
    String batch() {
        return operator("Shape", Map.of("start", 0L, "end", 1L), networkInput);
    }

    /**
     * A tensor with other sizes.
     *
     * @param sizes 0 keeps a size, one may be -1
     */
    String reshape(String tensor, long... sizes) {
        return operator("Reshape", tensor, longs(sizes));
    }

    String transpose(String tensor, List<Long> order) {
        return operator("Transpose", Map.of("perm", order), tensor);
    }

    /** A tensor as DL4J's array has it. */
    String asDl4j(Activation x) {
        return !x.channelsLast() || x.rank() < 3
                ? x.tensor()
                : transpose(x.tensor(), x.rank() == 3 ? SEQUENCE : IMAGE_LAST);
    }

    /** The activation that an array of DL4J is. */
    Activation fromDl4j(String tensor, int rank, boolean channelsLast) {
        boolean turned = channelsLast && rank >= 3;
        return new Activation(
                turned ? transpose(tensor, rank == 3 ? SEQUENCE : IMAGE_FIRST) : tensor,
                rank,
                turned);
    }

    /** The axis of the graph's tensor that an axis of DL4J's array is. */
    long axis(Activation x, long axis) {
        long positive = axis < 0 ? axis + x.rank() : axis;
        if (positive < 0 || positive >= x.rank()) {
            throw refuse("axis " + axis + " does not exist in an array of " + x.rank() + " axes");
        }
        if (!x.channelsLast() || positive == 0) {
            return positive;
        }
        return positive == x.rank() - 1 ? 1 : positive + 1;
    }

    /** Refuses a format that is not the input's. */
    void requireFormat(Activation x, boolean channelsLast) {
        if (x.channelsLast() != channelsLast) {
            throw refuse(
                    "it expects channels "
                            + (channelsLast ? "last" : "first")
                            + " and gets them "
                            + (x.channelsLast() ? "last" : "first"));
        }
    }

    RuntimeException refuse(String reason) {
        return new VertexRefusal(reason);
    }

    static List<Long> list(int... values) {
        List<Long> list = new ArrayList<>();
        for (int value : values) {
            list.add((long) value);
        }
        return list;
    }

    private String free(String wish) {
        String name = wish;
        for (int number = 2; !taken.add(name); number++) {
            name = wish + "_" + number;
        }
        return name;
    }
}
