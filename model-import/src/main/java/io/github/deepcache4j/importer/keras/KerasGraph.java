// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.importer.onnx.OnnxAssembly;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The model under construction: operators, constants, names, and changes of layout. */
final class KerasGraph {

    private final OnnxAssembly assembly;
    private final Map<String, Integer> taken = new HashMap<>();
    private final Map<String, KerasTensor> constants = new HashMap<>();

    /** Final names by provisional ones. */
    private final Map<String, String> names = new LinkedHashMap<>();

    KerasGraph(OnnxAssembly assembly) {
        this.assembly = assembly;
    }

    /** A name that no tensor has yet. */
    String free(String wish) {
        int count = taken.merge(wish, 1, Integer::sum);
        return count == 1 ? wish : free(wish + "_" + count);
    }

    KerasTensor input(String name, DataType type, List<String> sizes) {
        taken.put(name, 1);
        assembly.input(name, type, sizes);
        return KerasTensor.plain(name, sizes.size(), type);
    }

    /** A constant made once for all that ask by this key. */
    KerasTensor constant(String key, Supplier<INDArray> array) {
        KerasTensor known = constants.get(key);
        if (known == null) {
            INDArray contents = array.get();
            String name = free(key);
            assembly.constant(name, contents);
            known = KerasTensor.plain(name, contents.rank(), contents.dataType());
            constants.put(key, known);
        }
        return known;
    }

    /** Whole numbers as an operand: shapes, axes. */
    String longs(List<Long> values) {
        return plain(
                constant(
                        "keras/" + values,
                        () -> Nd4j.createFromArray(values.toArray(Long[]::new))));
    }

    /** A number without axes. */
    KerasTensor scalar(DataType type, double value) {
        return constant("keras/" + type + " " + value, () -> Nd4j.scalar(value).castTo(type));
    }

    /** Adds an operator of one output; the result's name is provisional. */
    String node(
            String layer, String operator, List<String> operands, Map<String, Object> attributes) {
        return nodes(layer, operator, operands, attributes, 1).get(0);
    }

    /** Adds an operator of several outputs. */
    List<String> nodes(
            String layer,
            String operator,
            List<String> operands,
            Map<String, Object> attributes,
            int outputs) {
        List<String> results = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            results.add(free(layer + "/" + operator));
        }
        assembly.node(layer, operator, operands, results, attributes);
        return results;
    }

    /** A tensor's name in the model's layout. */
    String plain(KerasTensor x) {
        String plain = x.plain();
        if (plain == null) {
            String first = x.channelsFirst();
            List<Long> order = new ArrayList<>(LongStream.range(2, x.rank()).boxed().toList());
            order.add(0, 0L);
            order.add(1L);
            plain = transpose(String.valueOf(first), order);
            x.setPlain(plain);
        }
        return plain;
    }

    /** A tensor's name with the last axis behind the batch. */
    String channelsFirst(KerasTensor x) {
        String first = x.channelsFirst();
        if (first == null) {
            String plain = plain(x);
            if (x.rank() < 3) {
                return plain;
            }
            List<Long> order = new ArrayList<>(LongStream.range(1, x.rank() - 1).boxed().toList());
            order.add(0, x.rank() - 1L);
            order.add(0, 0L);
            first = transpose(plain, order);
            x.setChannelsFirst(first);
        }
        return first;
    }

    private String transpose(String tensor, List<Long> order) {
        String result = free(tensor + "/layout");
        assembly.node(tensor, "Transpose", List.of(tensor), List.of(result), Map.of("perm", order));
        return result;
    }

    /** Gives what a layer returns the layer's name. */
    void name(KerasTensor result, String wish) {
        String own = result.channelsFirst() == null ? plain(result) : result.channelsFirst();
        if (own != null && own.startsWith(wish + "/") && !names.containsKey(own)) {
            names.put(own, free(wish));
        }
    }

    /**
     * Finishes the model.
     *
     * @param wishes the name that each output shall have
     */
    ModelSource finish(List<String> wishes, List<KerasTensor> outputs, Provenance provenance) {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            ports.add(output(wishes.get(i), outputs.get(i), ports));
        }
        return assembly.finish(ports, names, provenance);
    }

    /** A tensor in the model's layout, under the name of the layer that gives it. */
    private String output(String wish, KerasTensor tensor, List<String> others) {
        String plain = plain(tensor);
        String current = names.getOrDefault(plain, plain);
        if (current.equals(wish) && !others.contains(wish)) {
            return wish;
        }
        String copy = free("output/" + wish);
        assembly.node(wish, "Identity", List.of(plain), List.of(copy), Map.of());
        names.entrySet().stream()
                .filter(entry -> entry.getValue().equals(wish))
                .forEach(entry -> entry.setValue(free(wish + "/inside")));
        boolean isTaken = others.contains(wish) || taken.containsKey(wish) && !isFree(wish);
        String name = isTaken ? free(wish + "/output") : wish;
        names.put(copy, name);
        return name;
    }

    /** Whether no tensor has this as its final name. */
    private boolean isFree(String name) {
        return !names.containsValue(name)
                && constants.values().stream().noneMatch(c -> name.equals(c.plain()))
                && !assembly.hasInput(name);
    }
}
