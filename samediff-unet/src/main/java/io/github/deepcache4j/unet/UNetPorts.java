// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which inputs and output of a graph play which role in a diffusion U-Net.
 *
 * @param sample the noisy sample, {@code [batch, channels, height, width]}, of a Keras model {@code
 *     [batch, height, width, channels]}
 * @param timestep the timestep: scalar, {@code [1]}, {@code [batch]} or {@code [batch, 1, ...]},
 *     integer or floating point
 * @param conditions all other inputs (class labels, text states, ControlNet residuals, ...)
 * @param output the prediction, named as in the graph
 */
public record UNetPorts(Port sample, Port timestep, List<Port> conditions, Port output) {

    /** A named input or output with the type and the sizes that the graph was imported for. */
    public record Port(String name, DataType type, Shape shape) {}

    public UNetPorts {
        conditions = List.copyOf(conditions);
    }

    /** All inputs: the sample, the timestep, the conditions. */
    public List<Port> inputs() {
        List<Port> inputs = new ArrayList<>(List.of(sample, timestep));
        inputs.addAll(conditions);
        return inputs;
    }

    /** Sizes of all inputs, by name. */
    public Map<String, Shape> inputShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        inputs().forEach(port -> shapes.put(port.name(), port.shape()));
        return shapes;
    }

    /** Batch size that the graph was imported for. */
    public long batch() {
        return sample.shape().size(0);
    }

    /** The timestep as the timestep port wants it. */
    INDArray timestepArray(double t) {
        return Nd4j.valueArrayOf(timestep.shape().toArray(), t, timestep.type());
    }
}
