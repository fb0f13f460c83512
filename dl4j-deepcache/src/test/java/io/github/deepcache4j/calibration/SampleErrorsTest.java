// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class SampleErrorsTest {

    @Test
    void everyImageHasItsOwn() {
        SampleErrors errors =
                SampleErrors.of(
                        Nd4j.createFromArray(new float[][] {{1, 3}, {0, 2}}),
                        Nd4j.createFromArray(new float[][] {{0, 0}, {0, 0}}));
        assertEquals(5, errors.meanSquares()[0], 1e-6);
        assertEquals(2, errors.meanSquares()[1], 1e-6);
        assertEquals(3.5, errors.meanSquare(), 1e-6);
        assertEquals(Math.pow((Math.sqrt(5) + Math.sqrt(2)) / 2, 2), errors.typical(), 1e-6);
    }

    @Test
    void surelyBelowOnAllImages() {
        assertTrue(rms(1, 2, 3, 4).surelyBelow(rms(2, 3, 4, 5)));
        assertFalse(rms(2, 3, 4, 5).surelyBelow(rms(1, 2, 3, 4)));
    }

    @Test
    void oneImageOfFourProvesNothing() {
        assertFalse(rms(1, 1, 1, 1).surelyBelow(rms(1, 1, 1, 9)));
    }

    @Test
    void lessThanATwentiethIsNotWorthwhile() {
        assertFalse(rms(1, 1, 1).surelyBelow(rms(1.02, 1.02, 1.02)));
        assertTrue(rms(1, 1, 1).surelyBelow(rms(1.05, 1.05, 1.05)));
    }

    @Test
    void whateverIsFiniteIsBelowWhatIsNot() {
        assertTrue(rms(1, 1).surelyBelow(rms(1, Double.NaN)));
        assertTrue(rms(1, 1).surelyBelow(rms(1, Double.POSITIVE_INFINITY)));
        assertFalse(rms(1, Double.NaN).surelyBelow(rms(1, 1)));
        assertFalse(rms(1, Double.NaN).surelyBelow(rms(1, Double.NaN)));
    }

    private static SampleErrors rms(double... rms) {
        double[] squares = new double[rms.length];
        for (int image = 0; image < rms.length; image++) {
            squares[image] = rms[image] * rms[image];
        }
        return new SampleErrors(squares);
    }
}
