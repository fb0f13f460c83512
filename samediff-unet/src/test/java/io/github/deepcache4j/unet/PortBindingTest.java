// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PortBindingTest {

    private static final INDArray SAMPLE = Nd4j.ones(2, 3);

    /** y = x + classes[label] + times[t]: a table of 5 classes, one of 10 timesteps. */
    private static UNet unet() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 2, 3);
        SDVariable t = sd.placeHolder("t", DataType.LONG, 2);
        SDVariable label = sd.placeHolder("label", DataType.INT, 2);
        SDVariable scale = sd.placeHolder("scale", DataType.FLOAT, 2, 1);
        SDVariable classes = sd.var("classes", Nd4j.rand(DataType.FLOAT, 5, 3));
        SDVariable times = sd.var("times", Nd4j.rand(DataType.FLOAT, 10, 3));
        // as exporters write it: the index passes a cast and a reshape on its way
        SDVariable index = label.castTo("cast", DataType.LONG).reshape(2);
        x.add(sd.gather(classes, index, 0)).add(sd.gather(times, t, 0)).mul("y", scale);
        return UNet.of(
                sd,
                new UNetPorts(
                        new Port("x", DataType.FLOAT, Shape.of(2, 3)),
                        new Port("t", DataType.LONG, Shape.of(2)),
                        List.of(
                                new Port("label", DataType.INT, Shape.of(2)),
                                new Port("scale", DataType.FLOAT, Shape.of(2, 1))),
                        new Port("y", DataType.FLOAT, Shape.of(2, 3))));
    }

    private static Map<String, INDArray> bind(double timestep, INDArray labels, INDArray scale) {
        Step step = Step.of(0, timestep).withConditions(Map.of("label", labels, "scale", scale));
        return unet().bind(SAMPLE, step);
    }

    private static String refusal(double timestep, INDArray labels) {
        INDArray scale = Nd4j.valueArrayOf(new long[] {2, 1}, 1e6, DataType.FLOAT);
        return assertThrows(IllegalArgumentException.class, () -> bind(timestep, labels, scale))
                .getMessage();
    }

    @Test
    void everyRowOfATableCanBeAskedFor() {
        INDArray scale = Nd4j.ones(2, 1);
        assertEquals(4, bind(9, Nd4j.createFromArray(0, 4), scale).get("label").getInt(1));
        assertEquals(
                DataType.INT, bind(0, Nd4j.createFromArray(0L, 4L), scale).get("label").dataType());
    }

    @Test
    void indexBeyondTheTable() {
        assertEquals(
                "inputs of the U-Net: label holds 5, the model takes 0 to 4",
                refusal(9, Nd4j.createFromArray(1, 5)));
    }

    @Test
    void negativeIndex() {
        assertEquals(
                "inputs of the U-Net: label holds -1, the model takes 0 to 4",
                refusal(9, Nd4j.createFromArray(-1, 2)));
    }

    @Test
    void timestepBeyondItsTableAndAllFaultsAtOnce() {
        assertEquals(
                "inputs of the U-Net: t holds 10, the model takes 0 to 9; label holds 7, the model"
                        + " takes 0 to 4",
                refusal(10, Nd4j.createFromArray(7, 5)));
    }

    @Test
    void anInputOfAnotherShapeIsNotJudgedByItsContents() {
        assertEquals(
                "inputs of the U-Net: label has shape 3, the model was imported for 2",
                refusal(9, Nd4j.createFromArray(7, 5, 1)));
    }
}
