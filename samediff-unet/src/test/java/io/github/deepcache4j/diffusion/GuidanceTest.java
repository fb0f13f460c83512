// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GuidanceTest {

    private static final INDArray X = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}});
    private static final Map<String, INDArray> NONE =
            Map.of("class_labels", Nd4j.createFromArray(10L, 10L));
    private static final Map<String, INDArray> SEVEN =
            Map.of("class_labels", Nd4j.createFromArray(7L, 8L));

    private final List<Step> steps = new ArrayList<>();

    /** Answers x + label, so the arithmetic can be done by hand. */
    private final NoisePredictor network =
            (x, step) -> {
                steps.add(step);
                INDArray labels = step.conditions().get("class_labels").castTo(DataType.FLOAT);
                return x.addColumnVector(labels.reshape(-1, 1));
            };

    @Test
    void followsTheEquation() {
        // u = x + 10, c = x + 7 and x + 8, u + 3 (c - u) = x + 1 and x + 4
        INDArray expected = Nd4j.createFromArray(new float[][] {{2, 3}, {7, 8}});
        Step step = Step.of(5, 100);
        assertEquals(expected, Guidance.batched(network, 3, NONE, SEVEN).predict(X, step));
        assertEquals(expected, Guidance.separate(network, 3, NONE, SEVEN).predict(X, step));
        assertEquals(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}), X);
    }

    @Test
    void batchedMakesOneCallAndDoublesConditionsOfTheStep() {
        INDArray mask = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}});
        Step step =
                new Step(
                        4,
                        300,
                        "mine",
                        Map.of("mask", mask, "class_labels", Nd4j.createFromArray(0L, 0L)));
        Guidance.batched(network, 2, NONE, SEVEN).predict(X, step);
        assertEquals(1, steps.size());
        Step call = steps.get(0);
        assertEquals(4, call.index());
        assertEquals(300, call.timestep());
        assertEquals("mine", call.cacheKey());
        assertEquals(Nd4j.createFromArray(10L, 10L, 7L, 8L), call.conditions().get("class_labels"));
        assertEquals(DataType.LONG, call.conditions().get("class_labels").dataType());
        assertArrayEquals(new long[] {4, 3}, call.conditions().get("mask").shape());
        assertEquals(Nd4j.concat(0, mask, mask), call.conditions().get("mask"));
    }

    @Test
    void separateMakesTwoCallsOfOneIndexWithTheirOwnCaches() {
        INDArray mask = Nd4j.ones(2, 3);
        Step step = Step.of(4, 300).withConditions(Map.of("mask", mask));
        NoisePredictor guided = Guidance.separate(network, 2, NONE, SEVEN);
        guided.predict(X, step);
        guided.predict(X, step.withCacheKey("a"));
        assertEquals(
                List.of("uncond", "cond", "a/uncond", "a/cond"),
                steps.stream().map(Step::cacheKey).toList());
        assertTrue(steps.stream().allMatch(call -> call.index() == 4 && call.timestep() == 300));
        assertTrue(steps.stream().allMatch(call -> call.conditions().get("mask") == mask));
        assertEquals(NONE.get("class_labels"), steps.get(0).conditions().get("class_labels"));
        assertEquals(SEVEN.get("class_labels"), steps.get(1).conditions().get("class_labels"));
    }

    /**
     * A network that keeps answering in one buffer would break the contract; its answer is ours.
     */
    @Test
    void leavesTheAnswersAlone() {
        INDArray answer = Nd4j.ones(4, 2);
        Guidance.batched((x, step) -> answer, 2, NONE, SEVEN).predict(X, Step.of(0, 1)).addi(9);
        assertEquals(Nd4j.ones(4, 2), answer);
    }
}
