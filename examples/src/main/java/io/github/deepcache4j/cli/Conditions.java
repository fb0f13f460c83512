// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.graph.IndexRange;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What images are conditioned on: class labels, and arrays that the user gives by input name.
 *
 * <p>For guidance the half without the condition takes the array {@code uncond_NAME}; for class
 * labels it takes the last class that the model knows, which diffusers' models keep for "no class".
 * An input that has no such counterpart is the same in both halves.
 */
final class Conditions {

    static final String UNCONDITIONAL = "uncond_";

    private final Map<String, INDArray> with = new LinkedHashMap<>();
    private final Map<String, INDArray> without = new LinkedHashMap<>();

    private Conditions() {}

    /**
     * The conditions of all images.
     *
     * @param arrays from the user, by input name; one row for all images, or one for each
     * @param rows images, those that fill the last call up included
     * @throws UserError if inputs are missing; names all, with shapes
     */
    static Conditions gather(
            UNet unet, SamplingSettings settings, Map<String, INDArray> arrays, int rows) {
        Conditions conditions = new Conditions();
        Optional<Port> classes =
                settings.classes().isEmpty()
                        ? Optional.empty()
                        : Optional.of(classPort(unet, arrays));
        List<String> missing = new ArrayList<>();
        for (Port port : unet.ports().conditions()) {
            INDArray array = arrays.get(port.name());
            if (classes.isPresent() && classes.get().equals(port)) {
                conditions.addClasses(unet, port, settings, rows);
            } else if (array == null) {
                missing.add(port.name() + " (" + port.type() + " " + port.shape() + ")");
            } else {
                conditions.with.put(port.name(), rows(port.name(), array, settings.count(), rows));
                INDArray other = arrays.get(UNCONDITIONAL + port.name());
                if (settings.isGuided() && other != null) {
                    conditions.without.put(
                            port.name(), rows(port.name(), other, settings.count(), rows));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new UserError(
                    "the model also needs "
                            + String.join(", ", missing)
                            + "; give class labels by --class K, other inputs by --inputs FILE.npz"
                            + " with arrays of these names");
        }
        if (settings.isGuided() && conditions.without.isEmpty()) {
            throw new UserError(
                    "--guidance "
                            + settings.guidance()
                            + " needs to know what is left out: give --class K, or arrays named "
                            + UNCONDITIONAL
                            + "NAME in --inputs");
        }
        return conditions;
    }

    private void addClasses(UNet unet, Port port, SamplingSettings settings, int rows) {
        // there is one, or the port would not be taken for class labels
        long known = IndexRange.find(unet.graph(), port.name()).orElseThrow().size();
        long[] labels = new long[rows];
        for (int image = 0; image < rows; image++) {
            labels[image] = settings.classes().get(image % settings.classes().size());
            if (labels[image] < 0 || labels[image] >= known) {
                throw new UserError(
                        "--class "
                                + labels[image]
                                + ": the model knows the classes 0 to "
                                + (known - 1));
            }
        }
        with.put(port.name(), Nd4j.createFromArray(labels));
        if (settings.isGuided()) {
            without.put(
                    port.name(), Nd4j.valueArrayOf(new long[] {rows}, known - 1, DataType.INT64));
        }
    }

    private static Port classPort(UNet unet, Map<String, INDArray> arrays) {
        List<Port> candidates =
                unet.ports().conditions().stream()
                        .filter(port -> port.type().isIntType() && port.shape().rank() == 1)
                        .filter(port -> !arrays.containsKey(port.name()))
                        .filter(port -> IndexRange.find(unet.graph(), port.name()).isPresent())
                        .toList();
        if (candidates.size() != 1) {
            throw new UserError(
                    "--class: the model has "
                            + (candidates.isEmpty()
                                    ? "no input for class labels; its inputs are "
                                            + unet.ports().inputShapes().keySet()
                                    : "several inputs that may be class labels, "
                                            + candidates.stream().map(Port::name).toList()
                                            + "; give all but one by --inputs"));
        }
        return candidates.get(0);
    }

    /** One row for each image; images that only fill a call up repeat the last. */
    private static INDArray rows(String name, INDArray array, int count, int rows) {
        if (array.rank() == 0 || (array.size(0) != 1 && array.size(0) != count)) {
            throw new UserError(
                    "--inputs: array "
                            + name
                            + " holds "
                            + (array.rank() == 0 ? "a single number" : array.size(0) + " rows")
                            + "; give one row for all images or one for each of the "
                            + count);
        }
        return Rows.filledUp(array, 0, rows);
    }

    /** Conditions of images [from, to), by input name, that both halves of guidance share. */
    Map<String, INDArray> shared(int from, int to) {
        Map<String, INDArray> part = part(with, from, to);
        part.keySet().removeAll(without.keySet());
        return part;
    }

    /** Those of the half with the condition, which {@link #without} replaces. */
    Map<String, INDArray> replaced(int from, int to) {
        Map<String, INDArray> part = part(with, from, to);
        part.keySet().retainAll(without.keySet());
        return part;
    }

    /** Those of the half without the condition; none without guidance. */
    Map<String, INDArray> without(int from, int to) {
        return part(without, from, to);
    }

    private static Map<String, INDArray> part(Map<String, INDArray> all, int from, int to) {
        Map<String, INDArray> part = new LinkedHashMap<>();
        all.forEach((name, array) -> part.put(name, Rows.of(array, from, to)));
        return part;
    }
}
