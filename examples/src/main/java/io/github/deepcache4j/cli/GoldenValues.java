// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.IndexRange;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs and outputs of a model that were computed elsewhere, in a {@code .npz} file: arrays named
 * after inputs and outputs, or {@code output} where there is one.
 */
final class GoldenValues {

    private static final String ONLY_OUTPUT = "output";

    private final Path file;
    private final Map<String, INDArray> arrays;

    private GoldenValues(Path file, Map<String, INDArray> arrays) {
        this.file = file;
        this.arrays = arrays;
    }

    static GoldenValues read(Path file) throws IOException {
        return new GoldenValues(file, NpzFile.read(file));
    }

    /** The sizes of the arrays for the inputs of those names, where the user gave none. */
    ImportOptions sizes(List<DeclaredInput> inputs, ImportOptions given) {
        Map<String, Shape> shapes = new LinkedHashMap<>(given.shapes());
        for (DeclaredInput input : inputs) {
            INDArray array = arrays.get(input.name());
            if (array != null && array.rank() == input.sizes().size()) {
                shapes.putIfAbsent(input.name(), Shape.of(array.shape()));
            }
        }
        return new ImportOptions(shapes, given.ports());
    }

    /**
     * The inputs, in the model's types. A timestep that one export takes as a scalar and another
     * for each image is filled in.
     *
     * @throws UserError if arrays are missing or do not fit; names all
     */
    Map<String, INDArray> inputs(ImportedGraph model, DataflowGraph graph) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        StringBuilder faults = new StringBuilder();
        for (Port port : model.inputs()) {
            INDArray array = arrays.get(port.name());
            if (array == null) {
                faults.append("; there is no array ").append(port.name());
            } else if (Shape.of(array.shape()).equals(port.shape())) {
                inputs.put(port.name(), array.castTo(port.type()));
            } else if (isConstant(array)) {
                inputs.put(
                        port.name(),
                        Nd4j.valueArrayOf(port.shape().toArray(), array.getDouble(0), port.type()));
            } else {
                faults.append("; array ")
                        .append(port.name())
                        .append(" is ")
                        .append(Shape.of(array.shape()))
                        .append(", the model takes ")
                        .append(port.shape());
            }
        }
        inputs.forEach(
                (name, array) ->
                        IndexRange.find(graph, name)
                                .flatMap(range -> range.fault(name, array))
                                .ifPresent(fault -> faults.append("; ").append(fault)));
        if (!faults.isEmpty()) {
            throw new UserError(file + faults.toString().replaceFirst(";", ":"));
        }
        return inputs;
    }

    /**
     * The outputs that the file has.
     *
     * @throws UserError if it has none
     */
    Map<String, INDArray> outputs(ImportedGraph model) {
        Map<String, INDArray> outputs = new LinkedHashMap<>();
        for (Port port : model.outputs()) {
            INDArray array = arrays.get(port.name());
            if (array == null && model.outputs().size() == 1) {
                array = arrays.get(ONLY_OUTPUT);
            }
            if (array != null) {
                outputs.put(port.name(), array);
            }
        }
        if (outputs.isEmpty()) {
            throw new UserError(
                    file
                            + ": there is no array named after an output of the model ("
                            + String.join(", ", model.outputs().stream().map(Port::name).toList())
                            + "), nor 'output'; there are "
                            + arrays.keySet());
        }
        return outputs;
    }

    private static boolean isConstant(INDArray array) {
        return array.rank() <= 1
                && array.minNumber().doubleValue() == array.maxNumber().doubleValue();
    }
}
