// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells which input of a model is the noisy sample and which the timestep.
 *
 * <p>The sample has the output's sizes but for the channels; the timestep is a scalar or has one
 * element an image (Keras models may give it further axes of size 1), and goes into the sines and
 * cosines of a position embedding, which tells it from class labels.
 */
final class PortFinder {

    private static final Set<String> WAVES = Set.of("sin", "cos");
    private static final Set<String> ROLES = Set.of("sample", "timestep", "output");

    private final ImportedGraph model;
    private final Map<String, String> named;

    private PortFinder(ImportedGraph model, Map<String, String> named) {
        this.model = model;
        this.named = named;
    }

    /**
     * The ports of a diffusion U-Net.
     *
     * @param named ports named by the user, by role
     * @throws ImportException if a role cannot be told; lists the candidates
     */
    static UNetPorts find(ImportedGraph model, Map<String, String> named) {
        return checked(model, named).find();
    }

    /** The sample and the prediction alone. */
    static ImagePorts findImages(ImportedGraph model, Map<String, String> named) {
        return checked(model, named).images();
    }

    private static PortFinder checked(ImportedGraph model, Map<String, String> named) {
        for (String role : named.keySet()) {
            if (!ROLES.contains(role)) {
                throw new ImportException(
                        "'" + role + "' is not a role of a port; sample, timestep and output are");
            }
        }
        return new PortFinder(model, named);
    }

    private ImagePorts images() {
        Port output = choose("output", model.outputs(), List.of(port -> port.shape().rank() >= 3));
        Port sample =
                choose(
                        "sample",
                        model.inputs(),
                        List.of(
                                port ->
                                        port.type().isFPType()
                                                && sizesButOne(port.shape(), output.shape()),
                                port -> port.shape().equals(output.shape())));
        return new ImagePorts(sample, output);
    }

    private UNetPorts find() {
        Port sample = images().sample();
        Port output = images().output();
        DataflowGraph graph =
                GraphReader.read(model.sameDiff(), List.of(output.name()), model.inputShapes());
        long batch = sample.shape().size(0);
        Port timestep =
                choose(
                        "timestep",
                        model.inputs(),
                        List.of(
                                port -> !port.equals(sample) && isOneAnImage(port.shape(), batch),
                                port -> port.shape().rank() <= 1,
                                port -> feedsWaves(graph, port)));
        List<Port> conditions = new ArrayList<>(model.inputs());
        conditions.removeAll(List.of(sample, timestep));
        return new UNetPorts(sample, timestep, conditions, output);
    }

    /**
     * Narrows the ports rule by rule until one is left; a rule that would leave none is skipped,
     * but for the first.
     */
    private Port choose(String role, List<Port> ports, List<Predicate<Port>> rules) {
        String name = named.get(role);
        if (name != null) {
            return ports.stream()
                    .filter(port -> port.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new ImportException(
                                            model.provenance().file()
                                                    + ": there is no "
                                                    + (role.equals("output") ? "output" : "input")
                                                    + " named "
                                                    + name
                                                    + "; there are "
                                                    + ports.stream().map(Port::name).toList()));
        }
        List<Port> left = ports.stream().filter(rules.get(0)).toList();
        for (Predicate<Port> rule : rules) {
            List<Port> fewer = left.stream().filter(rule).toList();
            left = left.size() > 1 && !fewer.isEmpty() ? fewer : left;
        }
        if (left.size() == 1) {
            return left.get(0);
        }
        throw new ImportException(
                model.provenance().file()
                        + ": cannot tell which tensor is the "
                        + role
                        + "; "
                        + (left.isEmpty()
                                ? "none of " + describe(ports) + " looks like it"
                                : "candidates are " + describe(left))
                        + ". If it is a diffusion U-Net, name it: --port "
                        + role
                        + "=NAME");
    }

    private static List<String> describe(List<Port> ports) {
        return ports.stream()
                .map(port -> port.name() + " " + port.type() + " " + port.shape())
                .toList();
    }

    private static boolean sizesButOne(Shape a, Shape b) {
        if (a.rank() != b.rank()) {
            return false;
        }
        int different = 0;
        for (int axis = 0; axis < a.rank(); axis++) {
            different += a.size(axis) == b.size(axis) ? 0 : 1;
        }
        return different <= 1 && a.size(0) == b.size(0);
    }

    /** Scalar, {@code [1]}, {@code [batch]}, or the same with more axes of size 1. */
    private static boolean isOneAnImage(Shape shape, long batch) {
        return shape.rank() == 0
                || List.of(1L, batch).contains(shape.size(0)) && shape.elements() == shape.size(0);
    }

    private static boolean feedsWaves(DataflowGraph graph, Port port) {
        return graph.find(port.name())
                .map(
                        value ->
                                graph.nodesAfter(value.id()).stream()
                                        .anyMatch(node -> WAVES.contains(graph.node(node).op())))
                .orElse(false);
    }
}
