// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class UNetBuilderTest {

    private static final UNetConfig TINY = UNetPresets.named("tiny-class");

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "tiny-class", "tiny-text", "mnist-small"})
    void bothFormsGiveTheSameNumbers(String preset) {
        UNetConfig config = UNetPresets.named(preset);
        TrainableUNet trainable = UNetBuilder.trainable(config, new InputSizes(2, 8, 16, 5), 1);
        Map<String, INDArray> inputs = RandomPorts.inputs(trainable.ports(), config, 2);
        INDArray expected = trainable.sameDiff().output(inputs, "out_sample").get("out_sample");
        UNet unet = trainable.inference(2);
        INDArray actual = unet.sameDiff().output(inputs, "out_sample").get("out_sample");
        assertEquals(trainable.ports(), unet.ports());
        assertEquals(unet.ports().output().shape(), Shape.of(actual.shape()));
        assertTrue(
                actual.sub(expected).amaxNumber().doubleValue()
                        <= 1e-5 * expected.amaxNumber().doubleValue());
    }

    @Test
    void parametersAreVariablesAndNothingElseIs() {
        TrainableUNet unet = UNetBuilder.trainable(TINY, InputSizes.of(TINY, 1), 1);
        List<String> variables =
                unet.sameDiff().variables().stream()
                        .filter(v -> v.getVariableType().name().equals("VARIABLE"))
                        .map(SDVariable::name)
                        .sorted()
                        .toList();
        assertEquals(unet.parameterNames().stream().sorted().toList(), variables);
        Map<String, Shape> shapes = UNetBuilder.parameterShapes(TINY);
        assertEquals(List.copyOf(shapes.keySet()), unet.parameterNames());
        unet.parameters()
                .forEach((name, array) -> assertEquals(shapes.get(name), Shape.of(array.shape())));
    }

    @Test
    void theSeedAloneMakesTheParameters() {
        INDArray first = weight(UNetBuilder.trainable(TINY, InputSizes.of(TINY, 1), 7));
        assertEquals(first, weight(UNetBuilder.trainable(TINY, InputSizes.of(TINY, 3), 7)));
        assertNotEquals(first, weight(UNetBuilder.trainable(TINY, InputSizes.of(TINY, 1), 8)));
    }

    private static INDArray weight(TrainableUNet unet) {
        return unet.parameters().get("mid_block.resnets.0.conv1.weight");
    }

    /** PyTorch: within 1 / sqrt(fan in) for weights and biases, whose variance is a third of it. */
    @Test
    void parametersAreDrawnAsPyTorchDrawsThem() {
        Map<String, INDArray> drawn =
                UNetBuilder.trainable(UNetPresets.named("mnist-small"), sizes(1), 1).parameters();
        for (String part : List.of("weight", "bias")) {
            INDArray array = drawn.get("time_embedding.linear_2." + part);
            double bound = 1 / Math.sqrt(drawn.get("time_embedding.linear_2.weight").size(1));
            assertTrue(array.amaxNumber().doubleValue() <= bound);
            assertEquals(bound / Math.sqrt(3), array.stdNumber().doubleValue(), 0.2 * bound);
        }
        INDArray kernel = drawn.get("conv_in.weight");
        assertTrue(kernel.amaxNumber().doubleValue() <= 1 / 3.0);
        assertEquals(1 / (3 * Math.sqrt(3)), kernel.stdNumber().doubleValue(), 0.02);
        assertEquals(1, drawn.get("class_embedding.weight").stdNumber().doubleValue(), 0.1);
        assertEquals(Nd4j.ones(16), drawn.get("conv_norm_out.weight"));
        assertEquals(Nd4j.zeros(16), drawn.get("conv_norm_out.bias"));
    }

    private static InputSizes sizes(long batch) {
        return new InputSizes(batch, 32, 32, 1);
    }

    /** Training goes on after a sample was drawn. */
    @Test
    void theNetworkToSampleWithKeepsItsNumbers() {
        TrainableUNet trainable = UNetBuilder.trainable(TINY, InputSizes.of(TINY, 1), 1);
        UNet unet = trainable.inference(1);
        Map<String, INDArray> inputs = RandomPorts.inputs(unet.ports(), TINY, 3);
        INDArray before = unet.sameDiff().output(inputs, "out_sample").get("out_sample").dup();
        trainable.parameters().values().forEach(array -> array.addi(1));
        assertEquals(before, unet.sameDiff().output(inputs, "out_sample").get("out_sample"));
    }

    @Test
    void convolutionsHoldTheGivenArrays() {
        TrainableUNet trainable = UNetBuilder.trainable(TINY, InputSizes.of(TINY, 1), 1);
        Map<String, INDArray> weights = trainable.parameters();
        UNet unet = UNetBuilder.inference(TINY, InputSizes.of(TINY, 1), weights);
        assertSame(
                weights.get("conv_in.weight").data(),
                unet.sameDiff().getVariable("conv_in.weight").getArr().data());
    }

    @Test
    void weightsThatDoNotFitAreNamed() {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        UNetBuilder.parameterShapes(TINY)
                .forEach((name, shape) -> weights.put(name, Nd4j.zeros(shape.toArray())));
        weights.remove("conv_in.bias");
        weights.put("conv_out.bias", Nd4j.zeros(2));
        weights.put("conv_out.extra", Nd4j.zeros(2));
        IllegalArgumentException fault =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> UNetBuilder.inference(TINY, InputSizes.of(TINY, 1), weights));
        assertEquals(
                "weights do not fit the configuration: conv_in.bias 8 is missing; conv_out.bias has"
                        + " shape [2], not 1; the network has no conv_out.extra",
                fault.getMessage());
    }

    @Test
    void sizesThatCannotBeHalvedAreRefused() {
        IllegalArgumentException fault =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> UNetBuilder.trainable(TINY, new InputSizes(1, 8, 7, 1), 0));
        assertEquals(
                "a sample of 8 x 7 cannot be halved at each of 2 levels; take multiples of 2",
                fault.getMessage());
    }

    /** A label that is not in the table is found before ND4J reads beyond it. */
    @Test
    void labelsAreChecked() {
        UNet unet = UNetBuilder.inference(TINY, InputSizes.of(TINY, 1), 1);
        INDArray sample = Nd4j.zeros(1, 1, 16, 16);
        IllegalArgumentException fault =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                unet.bind(
                                        sample,
                                        Step.of(0, 5)
                                                .withConditions(
                                                        Map.of(
                                                                "class_labels",
                                                                Nd4j.createFromArray(11L)))));
        assertTrue(fault.getMessage().contains("class_labels"), fault.getMessage());
    }
}
