// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A U-Net whose parameters are SameDiff variables, so that {@code fit} changes them.
 *
 * <p>The graph ends with the prediction: a loss is whoever trains' to add. Sizes are fixed.
 */
public final class TrainableUNet {

    private final SameDiff sameDiff;
    private final UNetConfig config;
    private final InputSizes sizes;
    private final UNetPorts ports;
    private final List<String> names;

    TrainableUNet(
            SameDiff sameDiff,
            UNetConfig config,
            InputSizes sizes,
            UNetPorts ports,
            List<String> names) {
        this.sameDiff = sameDiff;
        this.config = config;
        this.sizes = sizes;
        this.ports = ports;
        this.names = List.copyOf(names);
    }

    public SameDiff sameDiff() {
        return sameDiff;
    }

    public UNetConfig config() {
        return config;
    }

    /** Sizes that the graph was built for. */
    public InputSizes sizes() {
        return sizes;
    }

    /** Placeholders with their shapes, and the prediction, {@code out_sample}. */
    public UNetPorts ports() {
        return ports;
    }

    /** The prediction, {@code [batch, out_channels, height, width]}. */
    public SDVariable output() {
        return sameDiff.getVariable(ports.output().name());
    }

    /** Names of the parameters, in the order of the network. */
    public List<String> parameterNames() {
        return names;
    }

    /** The arrays that training changes, by diffusers' names. */
    public Map<String, INDArray> parameters() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        names.forEach(name -> arrays.put(name, sameDiff.getVariable(name).getArr()));
        return Collections.unmodifiableMap(arrays);
    }

    /** Number of parameters. */
    public long parameterCount() {
        return parameters().values().stream().mapToLong(INDArray::length).sum();
    }

    /**
     * A network to sample with, on a copy of the parameters as they are now.
     *
     * @param batch images in a call
     */
    public UNet inference(long batch) {
        return inference(batch, parameters());
    }

    /**
     * A network to sample with, on a copy of other values of the parameters, as their moving
     * average.
     *
     * @param batch images in a call
     * @throws IllegalArgumentException if parameters are missing, unknown or of another shape
     */
    public UNet inference(long batch, Map<String, INDArray> weights) {
        Map<String, INDArray> copies = new LinkedHashMap<>();
        weights.forEach((name, array) -> copies.put(name, array.dup('c')));
        return UNetBuilder.inference(config, sizes.withBatch(batch), copies);
    }
}
