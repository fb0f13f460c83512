// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * y = scale x + shift, with one scale and one shift for every channel of a boundary. Made once and
 * used in many steps.
 */
public final class ChannelAffine implements AutoCloseable {

    private final INDArray scale;
    private final INDArray shift;
    private final int axis;

    private ChannelAffine(INDArray scale, INDArray shift, int axis) {
        this.scale = scale;
        this.shift = shift;
        this.axis = axis;
    }

    /**
     * The map with these numbers.
     *
     * @param scale one a channel
     * @param shift one a channel
     * @param axis which axis of the boundary counts channels: 1 for {@code [n, c, h, w]}
     * @throws IllegalArgumentException if there are not as many of the one as of the other
     */
    public static ChannelAffine of(float[] scale, float[] shift, int axis) {
        if (scale.length != shift.length) {
            throw new IllegalArgumentException(
                    scale.length
                            + " scales and "
                            + shift.length
                            + " shifts; one of each a channel");
        }
        return new ChannelAffine(
                Nd4j.createFromArray(scale).castTo(DataType.FLOAT),
                Nd4j.createFromArray(shift).castTo(DataType.FLOAT),
                axis);
    }

    INDArray scale() {
        return scale;
    }

    INDArray shift() {
        return shift;
    }

    int axis() {
        return axis;
    }

    @Override
    public void close() {
        scale.close();
        shift.close();
    }
}
