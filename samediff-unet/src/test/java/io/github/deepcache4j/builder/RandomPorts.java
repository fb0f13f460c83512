// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Random numbers for the inputs of a network: timesteps below 1000, labels that exist. */
final class RandomPorts {

    private RandomPorts() {}

    static Map<String, INDArray> inputs(UNetPorts ports, UNetConfig config, long seed) {
        Random random = new Random(seed);
        List<Port> all = new ArrayList<>(List.of(ports.sample(), ports.timestep()));
        all.addAll(ports.conditions());
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Port port : all) {
            INDArray array = FiniteDifferences.normal(random, port.shape().toArray());
            int below =
                    switch (port.name()) {
                        case "timestep" -> 1000;
                        case "class_labels" -> config.numClassEmbeds().orElse(1000);
                        default -> 0;
                    };
            for (long i = 0; below > 0 && i < array.length(); i++) {
                array.putScalar(i, random.nextInt(below));
            }
            inputs.put(port.name(), array.castTo(port.type()));
        }
        return inputs;
    }
}
