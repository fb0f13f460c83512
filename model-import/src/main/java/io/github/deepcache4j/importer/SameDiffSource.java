// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.ShapeInference;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A graph that SameDiff has saved, taken as it is. */
final class SameDiffSource implements ModelSource {

    private final Path file;
    private final SameDiff sameDiff;

    private SameDiffSource(Path file, SameDiff sameDiff) {
        this.file = file;
        this.sameDiff = sameDiff;
    }

    /**
     * Loads a file.
     *
     * @throws ImportException if it is damaged
     */
    static SameDiffSource open(Path file) {
        try {
            return new SameDiffSource(file, SameDiff.load(file.toFile(), false));
        } catch (RuntimeException e) {
            throw new ImportException(
                    file + ": is not a SameDiff file, or is damaged (" + e + ")", e);
        }
    }

    @Override
    public List<DeclaredInput> inputs() {
        List<DeclaredInput> inputs = new ArrayList<>();
        for (String name : sameDiff.inputs()) {
            SDVariable variable = sameDiff.getVariable(name);
            long @Nullable [] shape = variable.placeholderShape();
            if (shape == null) {
                throw new ImportException(
                        file + ": the placeholder " + name + " is declared without a shape");
            }
            List<String> sizes = new ArrayList<>();
            for (long size : shape) {
                sizes.add(size < 1 ? "" : String.valueOf(size));
            }
            inputs.add(new DeclaredInput(name, variable.dataType(), sizes));
        }
        return inputs;
    }

    @Override
    public ImportedGraph at(ImportOptions options) {
        List<Port> inputs = new ArrayList<>();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (DeclaredInput input : inputs()) {
            Shape shape = shape(input, options);
            shapes.put(input.name(), shape);
            inputs.add(new Port(input.name(), input.type(), shape));
        }
        ShapeInference inference = new ShapeInference(sameDiff, shapes);
        List<Port> outputs =
                outputNames().stream()
                        .map(
                                name ->
                                        new Port(
                                                name,
                                                sameDiff.getVariable(name).dataType(),
                                                inference.shape(name)))
                        .toList();
        return new ImportedGraph(
                sameDiff, inputs, outputs, Provenance.of(file, List.of(), "SameDiff", "SameDiff"));
    }

    /** Those the file names, else the tensors that no operation reads. */
    private List<String> outputNames() {
        List<String> named = sameDiff.outputs();
        if (named != null && !named.isEmpty()) {
            return named;
        }
        Set<String> ends = new LinkedHashSet<>();
        sameDiff.getOps().values().forEach(op -> ends.addAll(op.getOutputsOfOp()));
        sameDiff.getOps()
                .values()
                .forEach(
                        op -> {
                            if (op.getInputsToOp() != null) {
                                ends.removeAll(new HashSet<>(op.getInputsToOp()));
                            }
                        });
        return List.copyOf(ends);
    }

    private Shape shape(DeclaredInput input, ImportOptions options) {
        Shape given = options.shapes().get(input.name());
        if (given != null) {
            return given;
        }
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < input.sizes().size(); axis++) {
            OptionalLong size = input.size(axis);
            if (size.isEmpty() && axis > 0) {
                throw new ImportException(
                        file
                                + ": the sizes of "
                                + input.name()
                                + " "
                                + input.sizes()
                                + " are not fixed in the file; give them: --shape "
                                + input.name()
                                + "=...");
            }
            sizes.add(size.orElse(1));
        }
        return new Shape(sizes);
    }
}
