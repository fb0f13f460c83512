// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Exact comparison; {@code INDArray.equals} lets 1e-5 pass. */
public final class Bits {

    private Bits() {}

    public static void assertSame(INDArray expected, INDArray actual) {
        assertEquals(expected.dataType(), actual.dataType());
        assertArrayEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.dup('c').data().asFloat(), actual.dup('c').data().asFloat(), 0f);
    }

    public static double maxDifference(INDArray one, INDArray other) {
        float[] a = one.dup('c').data().asFloat();
        float[] b = other.dup('c').data().asFloat();
        double max = 0;
        for (int i = 0; i < a.length; i++) {
            max = Math.max(max, Math.abs((double) a[i] - b[i]));
        }
        return max;
    }
}
