// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A diffusion U-Net: a clean SameDiff graph and the roles of its inputs and output.
 *
 * <p>Sizes are fixed: the graph was made for the shapes in its ports. The SameDiff instance is
 * never changed by this project; passes work on copies that share its weight arrays.
 */
public final class UNet {

    private final SameDiff sameDiff;
    private final UNetPorts ports;
    private final DataflowGraph graph;
    private final PortBinding binding;

    private UNet(SameDiff sameDiff, UNetPorts ports, DataflowGraph graph) {
        this.sameDiff = sameDiff;
        this.ports = ports;
        this.graph = graph;
        this.binding = PortBinding.of(ports, graph);
    }

    /**
     * A U-Net from a graph and its ports.
     *
     * @throws IllegalArgumentException if the graph lacks a port or its shapes do not fit together
     */
    public static UNet of(SameDiff sameDiff, UNetPorts ports) {
        return new UNet(
                sameDiff,
                ports,
                GraphReader.read(sameDiff, List.of(ports.output().name()), ports.inputShapes()));
    }

    public SameDiff sameDiff() {
        return sameDiff;
    }

    public UNetPorts ports() {
        return ports;
    }

    /** The part of the graph that computes the prediction, with types and shapes. */
    public DataflowGraph graph() {
        return graph;
    }

    /**
     * The graph's inputs for one call, each in its declared type (a wrong type corrupts the
     * caller's array in M2.1).
     *
     * @param x noisy sample, of the sample port's shape
     * @param step its conditions must name every condition port
     * @throws IllegalArgumentException if an input is missing, unknown or of another shape, or
     *     holds an index that is not in the table it picks from; the message names all
     */
    public Map<String, INDArray> bind(INDArray x, Step step) {
        return binding.bind(x, step);
    }
}
