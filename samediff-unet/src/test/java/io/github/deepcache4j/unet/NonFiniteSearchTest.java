// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NonFiniteSearchTest {

    private final INDArray weight = Nd4j.createFromArray(1f, 2f);

    /** x -> log(x) * weight -> tanh -> y: a later tensor may be finite again. */
    private UNet unet() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 1, 2);
        SDVariable t = sd.placeHolder("t", DataType.LONG);
        SDVariable log = sd.math().log("log", x);
        SDVariable scaled = log.mul("scaled", sd.var("weight", weight));
        sd.math().tanh("squashed", scaled).add("y", t.castTo("time", DataType.FLOAT));
        return UNet.of(
                sd,
                new UNetPorts(
                        new Port("x", DataType.FLOAT, Shape.of(1, 2)),
                        new Port("t", DataType.LONG, Shape.of()),
                        List.of(),
                        new Port("y", DataType.FLOAT, Shape.of(1, 2))));
    }

    private static Optional<String> find(UNet unet, float first) {
        INDArray x = Nd4j.createFromArray(new float[][] {{first, 3f}});
        return NonFiniteSearch.find(unet, x, Step.of(0, 5));
    }

    @Test
    void nothingToFindWhereAllIsFinite() {
        assertEquals(Optional.empty(), find(unet(), 1));
    }

    @Test
    void theFirstTensorInOrderIsNamedEvenIfALaterOneIsFiniteAgain() {
        assertEquals(Optional.of("log"), find(unet(), 0));
        assertEquals(Optional.of("log"), find(unet(), -1));
    }

    @Test
    void anInputIsNamedBeforeWhatItSpoils() {
        assertEquals(Optional.of("x"), find(unet(), Float.NaN));
    }

    @Test
    void aSpoiltWeightIsNamed() {
        UNet unet = unet();
        unet.sameDiff().getVariable("weight").getArr().putScalar(1, Float.POSITIVE_INFINITY);
        assertEquals(Optional.of("weight"), find(unet, 1));
    }

    @Test
    void largeFiniteNumbersAreNoFault() {
        UNet unet = unet();
        unet.sameDiff().getVariable("weight").getArr().assign(3e38f);
        assertEquals(Optional.of("scaled"), find(unet, 30));
        assertEquals(Optional.empty(), find(unet, 1.5f));
    }
}
