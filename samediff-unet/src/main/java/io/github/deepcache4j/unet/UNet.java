// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;

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

    private UNet(SameDiff sameDiff, UNetPorts ports, DataflowGraph graph) {
        this.sameDiff = sameDiff;
        this.ports = ports;
        this.graph = graph;
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
}
