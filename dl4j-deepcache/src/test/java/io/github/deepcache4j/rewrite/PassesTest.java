// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.testing.Bits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class PassesTest {

    /**
     * x, t -> out, around a deep region that reads an input of its own, the same tensor twice, and
     * has an operation on weights alone.
     */
    private static SameDiff graph() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3);
        SDVariable t = sd.placeHolder("t", DataType.LONG);
        SDVariable label = sd.placeHolder("label", DataType.FLOAT, 3);
        SDVariable w = sd.var("w", Nd4j.createFromArray(1f, 2f, 3f));
        SDVariable early = x.add("early", t.castTo("time", DataType.FLOAT));
        SDVariable square = early.mul("square", early);
        SDVariable weights = w.add("weights", sd.constant("c", Nd4j.createFromArray(3f, 2f, 1f)));
        SDVariable boundary = square.mul(weights).add("boundary", label);
        SDVariable whole = sd.math().round("whole", t.castTo("again", DataType.FLOAT));
        sd.math().tanh("out", early.add(boundary).add(whole));
        boundary.add("both", boundary);
        return sd;
    }

    private static Map<String, INDArray> inputs(float first) {
        return Map.of(
                "x", Nd4j.linspace(DataType.FLOAT, first, 0.01, 6).reshape(2, 3),
                "t", Nd4j.scalar(DataType.LONG, 0L),
                "label", Nd4j.createFromArray(-5f, -6f, -7f));
    }

    private static List<String> cut(String output, String boundary) {
        return new CutDeepRegionPass(output, boundary, Shape.of(2, 3)).requires(graph());
    }

    private static List<String> gate(String sample, String timestep) {
        return new AddGatePass("out", "boundary", Shape.of(2, 3), sample, timestep)
                .requires(graph());
    }

    @Test
    void applies() {
        assertEquals(List.of(), cut("out", "boundary"));
        assertEquals(List.of(), gate("x", "t"));
    }

    @Test
    void unknownTensorsAreNamedAtOnce() {
        assertEquals(
                List.of("the graph has no tensor o", "the graph has no tensor b"), cut("o", "b"));
    }

    @Test
    void doesNotApplyToInputsWeightsTheOutputOrASideBranch() {
        assertEquals(List.of("the boundary x is a PLACEHOLDER, not computed"), cut("out", "x"));
        assertEquals(List.of("the boundary w is a VARIABLE, not computed"), cut("out", "w"));
        assertEquals(List.of("the boundary out is the output itself"), cut("out", "out"));
        assertEquals(
                List.of("the output out does not depend on the boundary both"), cut("out", "both"));
    }

    @Test
    void doesNotApplyWhereNothingWouldBeSaved() {
        SameDiff sd = graph();
        sd.getVariable("early").add("next", sd.getVariable("time"));
        List<String> reasons = new CutDeepRegionPass("next", "time", Shape.of()).requires(sd);
        assertEquals(List.of(), reasons);
        SameDiff chain = SameDiff.create();
        SDVariable a = chain.placeHolder("a", DataType.FLOAT, 2);
        SDVariable[] parts = chain.split(new String[] {"p", "q"}, a, 2, 0);
        parts[0].add("o", parts[1]);
        assertTrue(
                new CutDeepRegionPass("o", "p", Shape.of(1))
                        .requires(chain)
                        .get(0)
                        .contains("nothing would be saved"));
    }

    @Test
    void gateDoesNotApplyWithoutItsInputsOrTwice() {
        assertEquals(
                List.of("the graph has no input early", "the graph has no input nope"),
                gate("early", "nope"));
        SameDiff gated = new AddGatePass("out", "boundary", Shape.of(2, 3), "x", "t").run(graph());
        assertTrue(
                new AddGatePass("out", "boundary", Shape.of(2, 3), "x", "t")
                        .requires(gated)
                        .contains("the graph has a gate already"));
    }

    @Test
    void cachedCallSkipsInputsOfTheDeepRegionItsSquaresAndItsWeightSums() {
        SameDiff source = graph();
        SameDiff gated = new AddGatePass("out", "boundary", Shape.of(2, 3), "x", "t").run(source);
        List<String> computed = new ArrayList<>();
        gated.setListeners(
                new DeepCacheListener(step -> step == 0),
                new BaseListener() {
                    @Override
                    public boolean isActive(Operation operation) {
                        return true;
                    }

                    @Override
                    public void activationAvailable(
                            SameDiff sd,
                            At at,
                            MultiDataSet batch,
                            SameDiffOp op,
                            String name,
                            INDArray array) {
                        computed.add(name);
                    }
                });
        Bits.assertSame(
                source.output(inputs(0.1f), "out").get("out"),
                gated.output(inputs(0.1f), "out").get("out"));
        assertTrue(computed.containsAll(List.of("early", "square", "weights", "boundary")));
        computed.clear();
        INDArray kept = source.output(inputs(0.1f), "boundary").get("boundary");
        INDArray early = source.output(inputs(0.2f), "early").get("early");
        Bits.assertSame(
                Nd4j.math().tanh(early.add(kept)), gated.output(inputs(0.2f), "out").get("out"));
        assertTrue(computed.contains("early"));
        assertFalse(computed.contains("square"));
        assertFalse(computed.contains("weights"));
        assertFalse(computed.contains("boundary"));

        gated.setListeners();
        Bits.assertSame(
                source.output(inputs(0.3f), "out").get("out"),
                gated.output(inputs(0.3f), "out").get("out"));
    }
}
