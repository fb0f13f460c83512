// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * diffusers' networks of unusual configurations, written by make_networks.py: the form for
 * training, and the form for sampling in every engine.
 */
class BuiltNetworksGoldenTest {

    private static final String WEIGHTS = "weights/";

    @ParameterizedTest
    @ValueSource(strings = {"centred", "resampled", "plain", "text"})
    void numbersArePyTorchs(String name) throws IOException {
        UNetConfig config = UNetConfig.read(file(name + ".config.json"));
        Map<String, INDArray> golden = NpzFile.read(file(name + ".npz"));
        Map<String, INDArray> weights = new LinkedHashMap<>();
        golden.forEach(
                (key, array) -> {
                    if (key.startsWith(WEIGHTS)) {
                        weights.put(key.substring(WEIGHTS.length()), array);
                    }
                });
        INDArray text = golden.get("encoder_hidden_states");
        INDArray sample = Objects.requireNonNull(golden.get("sample"));
        InputSizes sizes = new InputSizes(sample.size(0), 8, 8, text == null ? 1 : text.size(1));
        TrainableUNet trainable = UNetBuilder.trainable(config, sizes, weights);
        UNetPorts ports = trainable.ports();
        Map<String, INDArray> inputs = inputs(ports, golden);
        INDArray expected = Objects.requireNonNull(golden.get("out_sample"));
        check(expected, trainable.sameDiff().output(inputs, "out_sample"), "trainable");
        UNet unet = trainable.inference(sample.size(0));
        for (Engine engine : Engines.all()) {
            if (engine.unavailable(Precision.F32).isEmpty()) {
                try (CompiledGraph compiled =
                        engine.compile(
                                unet.sameDiff(),
                                List.of("out_sample"),
                                ports.inputShapes(),
                                Precision.F32)) {
                    check(expected, compiled.run(inputs), engine.name());
                }
            }
        }
    }

    private static Map<String, INDArray> inputs(UNetPorts ports, Map<String, INDArray> golden) {
        List<Port> all = new ArrayList<>(List.of(ports.sample(), ports.timestep()));
        all.addAll(ports.conditions());
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        all.forEach(port -> inputs.put(port.name(), golden.get(port.name()).castTo(port.type())));
        return inputs;
    }

    private static void check(INDArray expected, Map<String, INDArray> actual, String form) {
        INDArray output = Objects.requireNonNull(actual.get("out_sample"));
        double error = output.sub(expected).amaxNumber().doubleValue();
        double scale = expected.amaxNumber().doubleValue();
        assertTrue(error <= 1e-5 * scale, () -> form + ": " + error + " of " + scale);
    }

    private static Path file(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(
                                    BuiltNetworksGoldenTest.class.getResource("/builder/" + name),
                                    name)
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
