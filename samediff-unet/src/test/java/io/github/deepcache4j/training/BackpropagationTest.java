// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.engine.nd4j.Nd4jEngine;
import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BackpropagationTest {

    /**
     * Moving each weight alone along its gradient changes the loss as the gradient says; in single
     * precision the loss has about seven digits, so the move is a large one, and both sides are
     * taken.
     */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-class", "tiny-text"})
    void gradientsAreThoseOfFiniteDifferences(String preset) {
        TrainableUNet unet =
                UNetBuilder.trainable(
                        UNetPresets.named(preset), InputSizes.of(UNetPresets.named(preset), 2), 1);
        Shape sample = unet.ports().sample().shape();
        Map<String, INDArray> conditions = new LinkedHashMap<>();
        if (preset.equals("tiny-class")) {
            conditions.put("class_labels", Nd4j.createFromArray(3L, 3L));
        } else {
            INDArray states = NoiseSource.seeded(5).initial(textShape(unet));
            conditions.put("encoder_hidden_states", states);
        }
        INDArray images = NoiseSource.seeded(2).initial(sample.toArray());
        NoisyBatch batch =
                DenoisingObjective.of(NoiseSchedule.linear())
                        .withMinSnr(5)
                        .apply(new ImageBatch(images, conditions), 3, 4);
        try (TrainingGraph graph = TrainingGraph.of(unet, new Nd4jEngine())) {
            Map<String, INDArray> weights = unet.parameters();
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            graph.run(batch, unet.ports(), weights)
                    .gradients()
                    .forEach((name, array) -> gradients.put(name, array.dup()));
            assertEquals(weights.keySet(), gradients.keySet());
            double largest = GradientClipping.norm(gradients.values());
            gradients.forEach(
                    (name, gradient) -> {
                        double norm = gradient.norm2Number().doubleValue();
                        if (norm > 1e-3 * largest) {
                            double measured = slope(graph, batch, unet, name, gradient.div(norm));
                            assertEquals(norm, measured, 0.03 * norm + 2e-4 * largest, name);
                        }
                    });
        }
    }

    private static long[] textShape(TrainableUNet unet) {
        return unet.ports().conditions().get(0).shape().toArray();
    }

    private static double slope(
            TrainingGraph graph,
            NoisyBatch batch,
            TrainableUNet unet,
            String name,
            INDArray direction) {
        INDArray weight = unet.parameters().get(name);
        INDArray original = weight.dup();
        double step = 1e-2;
        weight.addi(direction.mul(step));
        double above = graph.run(batch, unet.ports(), unet.parameters()).loss();
        weight.subi(direction.mul(2 * step));
        double below = graph.run(batch, unet.ports(), unet.parameters()).loss();
        weight.assign(original);
        return (above - below) / (2 * step);
    }

    @Test
    void refusesBatchNorms() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 1, 2, 2, 2);
        SDVariable w = graph.var("w", Nd4j.ones(2));
        SDVariable shift = graph.constant("b", Nd4j.zeros(2));
        SDVariable y = Composites.groupNorm(x.mul(2), Shape.of(1, 2, 2, 2), 1, w, shift, 1e-5);
        graph.sum("loss", y);
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Backpropagation.add(
                                        graph,
                                        "loss",
                                        List.of("w"),
                                        Map.of("x", Shape.of(1, 2, 2, 2))));
        assertTrue(refusal.getMessage().contains("(batchnorm): its gradient is wrong"));
    }

    @Test
    void refusesAWeightThatTheLossDoesNotDependOn() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 2);
        SDVariable used = graph.var("used", Nd4j.ones(2));
        graph.var("idle", Nd4j.ones(2));
        graph.sum("loss", x.mul(used));
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Backpropagation.add(
                                        graph,
                                        "loss",
                                        List.of("used", "idle"),
                                        Map.of("x", Shape.of(2))));
        assertEquals("the loss does not depend on [idle]", refusal.getMessage());
    }
}
