// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks built from diffusers' configurations with PyTorch's parameters give PyTorch's numbers,
 * in the form for training and in that for sampling. Configurations, parameters and numbers are
 * those that {@code fixtures/make_unets.py} and {@code models/mnist-unet/export_mnist_unet.py}
 * wrote.
 */
class BuiltUNetGoldenTest {

    private static final Path UNETS = Path.of(System.getProperty("deepcache.fixtures"), "unets");

    @ParameterizedTest
    @ValueSource(strings = {"ddpm.ts14", "adm.ts17", "sd.ts17", "sdxl.ts17"})
    void numbersArePyTorchs(String export) throws IOException {
        String name = export.substring(0, export.indexOf('.'));
        check(
                UNETS.resolve(name + ".config.json"),
                UNETS.resolve(export + ".onnx"),
                UNETS.resolve(name + ".npz"));
    }

    @ParameterizedTest
    @ValueSource(strings = "examples/models/mnist-unet/unet")
    void numbersOfATrainedNetworkArePyTorchs(String folder) throws IOException {
        Path model = UNETS.resolve("../../../../..").resolve(folder).normalize();
        check(
                model.resolve("config.json"),
                model.resolve("model.onnx"),
                model.resolve("golden.npz"));
    }

    private static void check(Path configuration, Path model, Path numbers) throws IOException {
        UNetConfig config = UNetConfig.read(configuration);
        Map<String, INDArray> golden = NpzFile.read(numbers);
        Map<String, INDArray> weights = ExportedWeights.read(model);
        INDArray sample = golden.get("sample");
        INDArray text = golden.get("encoder_hidden_states");
        InputSizes sizes =
                new InputSizes(
                        sample.size(0),
                        sample.size(2),
                        sample.size(3),
                        text == null ? 1 : text.size(1));
        INDArray expected = golden.get("out_sample");
        TrainableUNet trainable = UNetBuilder.trainable(config, sizes, weights);
        assertEquals(
                weights.keySet().stream().sorted().toList(),
                trainable.parameterNames().stream().sorted().toList());
        compare(trainable.sameDiff(), trainable.ports(), golden, expected);
        UNet unet = trainable.inference(sample.size(0));
        compare(unet.sameDiff(), unet.ports(), golden, expected);
    }

    private static void compare(
            SameDiff sameDiff, UNetPorts ports, Map<String, INDArray> golden, INDArray expected) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        inputs.put(ports.sample().name(), golden.get("sample"));
        inputs.put(ports.timestep().name(), shaped(golden.get("timestep"), ports.timestep()));
        for (Port port : ports.conditions()) {
            inputs.put(port.name(), shaped(golden.get(port.name()), port));
        }
        String output = ports.output().name();
        INDArray actual = sameDiff.output(inputs, output).get(output);
        double error = actual.sub(expected).amaxNumber().doubleValue();
        double scale = expected.amaxNumber().doubleValue();
        assertTrue(error <= 1e-4 * scale, () -> error + " of " + scale);
    }

    /** One timestep may stand for the whole batch. */
    private static INDArray shaped(INDArray array, Port port) {
        INDArray typed = array.castTo(port.type());
        return typed.rank() == 0
                ? typed.reshape(1).broadcast(port.shape().toArray()).dup('c')
                : typed;
    }
}
