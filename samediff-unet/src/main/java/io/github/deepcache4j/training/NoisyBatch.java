// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the network is shown in a training step, and what it should answer. */
public final class NoisyBatch {

    private final INDArray sample;
    private final long[] timesteps;
    private final Map<String, INDArray> conditions;
    private final INDArray target;
    private final INDArray weights;

    NoisyBatch(
            INDArray sample,
            long[] timesteps,
            Map<String, INDArray> conditions,
            INDArray target,
            INDArray weights) {
        this.sample = sample;
        this.timesteps = timesteps;
        this.conditions = conditions;
        this.target = target;
        this.weights = weights;
    }

    /** Noisy images, {@code [batch, channels, height, width]}. */
    public INDArray sample() {
        return sample;
    }

    /** {@code [batch]}, INT64. */
    public INDArray timesteps() {
        return Nd4j.createFromArray(timesteps);
    }

    /** By name, with classes dropped. */
    public Map<String, INDArray> conditions() {
        return conditions;
    }

    /** Noise, v or clean images, of the sample's shape. */
    public INDArray target() {
        return target;
    }

    /** Weight of each image in the loss, {@code [batch]}. */
    public INDArray weights() {
        return weights;
    }

    /**
     * The network's inputs by name, each in its port's type.
     *
     * @throws IllegalArgumentException if conditions are missing or unknown, or shapes differ;
     *     names all
     */
    Map<String, INDArray> inputs(UNetPorts ports) {
        List<String> faults = new ArrayList<>();
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        put(inputs, ports.sample(), sample, faults);
        put(inputs, ports.timestep(), timesteps(), faults);
        for (Port port : ports.conditions()) {
            INDArray array = conditions.get(port.name());
            if (array == null) {
                faults.add("the data has no " + port.name());
            } else {
                put(inputs, port, array, faults);
            }
        }
        conditions.keySet().stream()
                .filter(name -> !inputs.containsKey(name))
                .filter(name -> ports.conditions().stream().noneMatch(p -> p.name().equals(name)))
                .forEach(name -> faults.add("the network has no input " + name));
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("training data: " + String.join("; ", faults));
        }
        return inputs;
    }

    private static void put(
            Map<String, INDArray> inputs, Port port, INDArray array, List<String> faults) {
        if (java.util.Arrays.equals(array.shape(), port.shape().toArray())) {
            DataType type = port.type();
            inputs.put(port.name(), array.dataType() == type ? array : array.castTo(type));
        } else {
            faults.add(
                    port.name()
                            + " has shape "
                            + java.util.Arrays.toString(array.shape())
                            + ", the network takes "
                            + port.shape());
        }
    }
}
