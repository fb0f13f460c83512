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

    @Test
    void rescalingBringsTheDeviationOfTheConditionedAnswerBack() {
        INDArray u = Nd4j.createFromArray(new float[][] {{0, 2}, {1, 1}});
        INDArray c = Nd4j.createFromArray(new float[][] {{1, 5}, {0, 2}});
        // guided by 3: (3, 11) and (-2, 4); deviations of c to it are 4 : 8 and 2 : 6
        assertClose(new float[][] {{3, 11}, {-2, 4}}, GuidanceScale.of(3).mixed(u, c));
        assertClose(
                new float[][] {{1.5f, 5.5f}, {-2f / 3, 4f / 3}},
                GuidanceScale.of(3).withRescale(1).mixed(u, c));
        assertClose(
                new float[][] {{2.25f, 8.25f}, {-4f / 3, 8f / 3}},
                GuidanceScale.of(3).withRescale(0.5).mixed(u, c));
    }

    private static void assertClose(float[][] expected, INDArray actual) {
        double error = Nd4j.createFromArray(expected).sub(actual).amaxNumber().doubleValue();
        assertEquals(0, error, 1e-5);
    }

    @Test
    void outsideTheIntervalTheConditionedAnswerStands() {
        GuidanceScale scale = GuidanceScale.of(3).withInterval(100, 200);
        INDArray guided = Nd4j.createFromArray(new float[][] {{2, 3}, {7, 8}});
        INDArray conditioned = Nd4j.createFromArray(new float[][] {{8, 9}, {11, 12}});
        for (double timestep : new double[] {99, 100, 200, 201}) {
            INDArray expected = timestep == 100 || timestep == 200 ? guided : conditioned;
            Step step = Step.of(5, timestep);
            assertEquals(expected, Guidance.batched(network, scale, NONE, SEVEN).predict(X, step));
            assertEquals(expected, Guidance.separate(network, scale, NONE, SEVEN).predict(X, step));
        }
        // batched once each, separate twice inside and once outside
        assertEquals(4 + 6, steps.size());
    }

    @Test
    void aLearnedVarianceIsNotGuided() {
        INDArray x = Nd4j.ones(1, 1, 1, 2);
        NoisePredictor learned =
                (sample, step) -> {
                    INDArray value =
                            sample.add(
                                    step.conditions()
                                            .get("class_labels")
                                            .castTo(DataType.FLOAT)
                                            .reshape(-1, 1, 1, 1));
                    return Nd4j.concat(1, value, value.mul(10));
                };
        Map<String, INDArray> none = Map.of("class_labels", Nd4j.createFromArray(10L));
        Map<String, INDArray> seven = Map.of("class_labels", Nd4j.createFromArray(7L));
        INDArray expected = Nd4j.createFromArray(2f, 2f, 80f, 80f).reshape(1, 2, 1, 2);
        Step step = Step.of(0, 5);
        assertEquals(expected, Guidance.batched(learned, 3, none, seven).predict(x, step));
        assertEquals(expected, Guidance.separate(learned, 3, none, seven).predict(x, step));
    }

    @Test
    void aFrozenDifferenceStandsInForTheCallLeftOut() {
        NoisePredictor product =
                (x, step) -> {
                    steps.add(step);
                    INDArray labels = step.conditions().get("class_labels");
                    return x.mulColumnVector(labels.castTo(DataType.FLOAT).reshape(-1, 1));
                };
        List<Step> leftOut = new ArrayList<>();
        NoisePredictor guided =
                Guidance.separate(
                        product, GuidanceScale.of(3), NONE, SEVEN, i -> i != 2, leftOut::add);
        // a run's first step makes both calls, whatever is asked: u = 10 x, c = 7 x and 8 x
        INDArray first = Nd4j.createFromArray(new float[][] {{1, 2}, {12, 16}});
        assertEquals(first, guided.predict(X, Step.of(0, 100)));
        // then c = 14 x and 16 x, u = c + 3 x and c + 2 x, u + 3 (c - u) = 8 x and 12 x
        INDArray second = Nd4j.createFromArray(new float[][] {{8, 16}, {36, 48}});
        assertEquals(second, guided.predict(X.mul(2), Step.of(1, 90)));
        assertEquals(
                List.of("uncond", "cond", "cond"), steps.stream().map(Step::cacheKey).toList());
        assertEquals(List.of("uncond"), leftOut.stream().map(Step::cacheKey).toList());
        assertEquals(1, leftOut.get(0).index());
        assertEquals(
                Guidance.separate(product, 3, NONE, SEVEN).predict(X.mul(2), Step.of(2, 80)),
                guided.predict(X.mul(2), Step.of(2, 80)));
        // a new run has no difference yet
        assertEquals(first, guided.predict(X, Step.of(0, 100)));
        assertEquals(1, leftOut.size());
    }
}
