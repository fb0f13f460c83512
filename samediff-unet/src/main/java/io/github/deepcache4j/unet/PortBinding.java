// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.IndexRange;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Checks the arrays of one call against the ports and casts them to the declared types.
 *
 * <p>Indices are checked too: ND4J's {@code gather} reads whatever memory lies beyond the table, or
 * ends the process (M2.1).
 */
final class PortBinding {

    private final UNetPorts ports;
    private final Map<String, Long> indexRanges;

    private PortBinding(UNetPorts ports, Map<String, Long> indexRanges) {
        this.ports = ports;
        this.indexRanges = indexRanges;
    }

    /** Looks once for what each input picks from. */
    static PortBinding of(UNetPorts ports, DataflowGraph graph) {
        Map<String, Long> ranges = new LinkedHashMap<>();
        for (String input : ports.inputShapes().keySet()) {
            IndexRange.of(graph, input).ifPresent(range -> ranges.put(input, range));
        }
        return new PortBinding(ports, ranges);
    }

    Map<String, INDArray> bind(INDArray x, Step step) {
        List<String> faults = new ArrayList<>();
        Map<String, INDArray> bound = new LinkedHashMap<>();
        put(bound, ports.sample(), x, faults);
        if (!ports.timestep().type().isFPType() && step.timestep() != Math.rint(step.timestep())) {
            faults.add(
                    "timestep "
                            + step.timestep()
                            + " is not whole, but "
                            + ports.timestep().name()
                            + " is "
                            + ports.timestep().type());
        }
        bound.put(ports.timestep().name(), ports.timestepArray(step.timestep()));
        for (Port port : ports.conditions()) {
            INDArray array = step.conditions().get(port.name());
            if (array == null) {
                faults.add(port.name() + " (" + port.type() + " " + port.shape() + ") is missing");
            } else {
                put(bound, port, array, faults);
            }
        }
        for (String name : step.conditions().keySet()) {
            if (ports.conditions().stream().noneMatch(port -> port.name().equals(name))) {
                faults.add("the model has no input " + name);
            }
        }
        indexRanges.forEach((name, range) -> checkIndices(name, bound.get(name), range, faults));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("inputs of the U-Net: " + String.join("; ", faults));
        }
        return bound;
    }

    private static void put(
            Map<String, INDArray> bound, Port port, INDArray array, List<String> faults) {
        Shape shape = Shape.of(array.shape());
        if (!shape.equals(port.shape())) {
            faults.add(
                    port.name()
                            + " has shape "
                            + shape
                            + ", the model was imported for "
                            + port.shape());
        } else if (port.type() != DataType.BOOL && array.dataType() == DataType.BOOL) {
            faults.add(port.name() + " is BOOL, the model takes " + port.type());
        } else {
            bound.put(port.name(), array.castTo(port.type()));
        }
    }

    /**
     * @param array absent if another fault was found in it
     * @param range number of rows of the table
     */
    private static void checkIndices(
            String name, @Nullable INDArray array, long range, List<String> faults) {
        if (array == null) {
            return;
        }
        double low = array.minNumber().doubleValue();
        double high = array.maxNumber().doubleValue();
        if (!(low >= 0 && high < range)) {
            faults.add(
                    name
                            + " holds "
                            + (low >= 0 ? plain(high) : plain(low))
                            + ", the model takes 0 to "
                            + (range - 1));
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
