// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Architecture.Addition;
import io.github.deepcache4j.builder.Architecture.ClassLabels;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** The placeholders of a network, named as diffusers names its arguments. */
final class NetworkInputs {

    static final String OUTPUT = "out_sample";

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final UNetPorts ports;

    private NetworkInputs(UNetPorts ports) {
        this.ports = ports;
    }

    static NetworkInputs declare(
            SameDiff sameDiff, UNetConfig config, InputSizes sizes, DataType type) {
        UNetPorts ports = ports(config, sizes, type);
        NetworkInputs inputs = new NetworkInputs(ports);
        for (Port port : ports.inputs()) {
            inputs.tensors.put(
                    port.name(),
                    new Tensor(
                            sameDiff.placeHolder(port.name(), port.type(), port.shape().toArray()),
                            port.shape()));
        }
        return inputs;
    }

    /**
     * What the network takes and gives.
     *
     * @throws IllegalArgumentException if the sizes do not fit the configuration
     */
    static UNetPorts ports(UNetConfig config, InputSizes sizes, DataType type) {
        sizes.requireFit(config);
        Architecture architecture = config.architecture();
        long batch = sizes.batch();
        List<Port> conditions = new ArrayList<>();
        if (architecture.classes() != ClassLabels.NONE) {
            boolean table = architecture.classes() == ClassLabels.TABLE;
            conditions.add(
                    new Port("class_labels", table ? DataType.INT64 : type, Shape.of(batch)));
        }
        architecture
                .crossAttentionWidth()
                .ifPresent(
                        width ->
                                conditions.add(
                                        new Port(
                                                "encoder_hidden_states",
                                                type,
                                                Shape.of(batch, sizes.tokens(), width))));
        Addition addition = architecture.addition();
        if (addition != null) {
            conditions.add(new Port("text_embeds", type, Shape.of(batch, addition.textWidth())));
            conditions.add(new Port("time_ids", type, Shape.of(batch, addition.ids())));
        }
        return new UNetPorts(
                new Port(
                        "sample",
                        type,
                        Shape.of(batch, config.inChannels(), sizes.height(), sizes.width())),
                new Port("timestep", type, Shape.of(batch)),
                conditions,
                new Port(
                        OUTPUT,
                        type,
                        Shape.of(batch, config.outChannels(), sizes.height(), sizes.width())));
    }

    UNetPorts ports() {
        return ports;
    }

    Tensor sample() {
        return tensor("sample");
    }

    Tensor timestep() {
        return tensor("timestep");
    }

    Tensor classLabels() {
        return tensor("class_labels");
    }

    Tensor text() {
        return tensor("encoder_hidden_states");
    }

    Tensor textEmbeds() {
        return tensor("text_embeds");
    }

    Tensor timeIds() {
        return tensor("time_ids");
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }
}
