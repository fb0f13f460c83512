// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNetPorts;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** diffusers' networks of unusual configurations, written by make_networks.py, in both forms. */
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
        check(trainable.sameDiff(), trainable.ports(), golden);
        check(trainable.inference(sample.size(0)).sameDiff(), trainable.ports(), golden);
    }

    private static void check(SameDiff sameDiff, UNetPorts ports, Map<String, INDArray> golden) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        inputs.put("sample", golden.get("sample"));
        inputs.put("timestep", golden.get("timestep").castTo(ports.timestep().type()));
        ports.conditions()
                .forEach(
                        port ->
                                inputs.put(
                                        port.name(), golden.get(port.name()).castTo(port.type())));
        INDArray actual = sameDiff.output(inputs, "out_sample").get("out_sample");
        INDArray expected = golden.get("out_sample");
        double error = actual.sub(expected).amaxNumber().doubleValue();
        double scale = expected.amaxNumber().doubleValue();
        assertTrue(error <= 1e-5 * scale, () -> error + " of " + scale);
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
