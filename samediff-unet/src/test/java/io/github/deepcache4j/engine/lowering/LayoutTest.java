// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {

    private static final Shape IMAGE = Shape.of(2, 6, 4, 5);

    @Test
    void channelsLastIsTheUsualOne() {
        assertEquals(List.of(120L, 1L, 30L, 6L), Layout.channelsLast(IMAGE).strides());
    }

    @Test
    void permutingChannelsLastToTheEndIsDense() {
        assertTrue(Layout.channelsLast(IMAGE).permute(List.of(0, 2, 3, 1)).isDense());
    }

    @Test
    void pixelsOfAChannelsLastImageJoin() {
        Layout flat = Layout.channelsLast(IMAGE).reshape(Shape.of(2, 6, 20)).orElseThrow();
        assertEquals(List.of(120L, 1L, 6L), flat.strides());
        assertTrue(flat.permute(List.of(0, 2, 1)).isDense());
    }

    @Test
    void channelsAndPixelsDoNotJoin() {
        assertTrue(Layout.channelsLast(IMAGE).reshape(Shape.of(2, 120)).isEmpty());
    }

    @Test
    void headsSplitWithoutMoving() {
        Layout heads =
                Layout.dense(Shape.of(1, 20, 6)).reshape(Shape.of(1, 20, 2, 3)).orElseThrow();
        Layout first = heads.permute(List.of(0, 2, 1, 3));
        assertEquals(3, first.stride(1));
        assertEquals(6, first.stride(2));
        assertTrue(first.isGapless());
        assertFalse(first.isDense());
    }

    /** Queries, keys and values of a channels-last projection, as unstacking finds them. */
    @Test
    void stackedProjectionsAreViews() {
        Layout stacked =
                Layout.channelsLast(Shape.of(1, 24, 4, 5))
                        .reshape(Shape.of(1, 3, 2, 4, 20))
                        .orElseThrow();
        Operand all = new Operand(0, org.nd4j.linalg.api.buffer.DataType.FLOAT, stacked, 0);
        Operand keys = all.slice(1, 1, 1).without(1);
        assertEquals(8, keys.offset());
        assertEquals(Shape.of(1, 2, 4, 20), keys.shape());
        assertEquals(List.of(4L, 1L, 24L), keys.layout().strides().subList(1, 4));
        assertThrows(IllegalArgumentException.class, () -> keys.without(2));
    }

    @Test
    void theExtentCountsGaps() {
        assertEquals(40, Layout.dense(Shape.of(5, 8)).extent());
        assertEquals(36, new Layout(List.of(5L, 4L), List.of(8L, 1L)).extent());
    }

    /** A stride of an axis of size 1 once gave a product of one image wrong numbers. */
    @Test
    void axesOfOneElementAreTheSlowest() {
        Layout odd = new Layout(List.of(1L, 6L, 20L, 16L), List.of(1L, 16L, 96L, 1L)).canonical();
        assertEquals(List.of(1920L, 16L, 96L, 1L), odd.strides());
    }

    @Test
    void aScalarIsDense() {
        assertTrue(Layout.dense(Shape.of()).isDense());
        assertTrue(Layout.dense(Shape.of()).reshape(Shape.of(1, 1)).orElseThrow().isDense());
    }

    @Test
    void aSliceHasGaps() {
        Operand whole =
                new Operand(
                        0,
                        org.nd4j.linalg.api.buffer.DataType.FLOAT,
                        Layout.dense(Shape.of(3, 8)),
                        0);
        Operand half = whole.slice(1, 4, 4);
        assertEquals(4, half.offset());
        assertFalse(half.layout().isGapless());
    }
}
