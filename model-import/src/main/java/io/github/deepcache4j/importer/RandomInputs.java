// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.IndexRange;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Seeded inputs for checking a model: floats from a standard normal distribution, whole numbers
 * from 0 to below the axis they pick from (class labels), else below 1,000 (timesteps).
 */
public final class RandomInputs {

    private static final int TIMESTEPS = 1000;

    private RandomInputs() {}

    /** One array for each input, of its type and shape; the same on every machine. */
    public static Map<String, INDArray> seeded(ImportedGraph model, long seed) {
        DataflowGraph graph =
                GraphReader.read(
                        model.sameDiff(),
                        model.outputs().stream().map(Port::name).toList(),
                        model.inputShapes());
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        Random random = new Random(seed);
        for (Port port : model.inputs()) {
            long below = Math.min(TIMESTEPS, IndexRange.of(graph, port.name()).orElse(TIMESTEPS));
            INDArray array = Nd4j.create(port.type(), port.shape().toArray());
            for (long i = 0; i < array.length(); i++) {
                if (port.type().isFPType()) {
                    array.putScalar(i, random.nextGaussian());
                } else {
                    array.putScalar(i, (int) (random.nextDouble() * below));
                }
            }
            inputs.put(port.name(), array);
        }
        return inputs;
    }
}
