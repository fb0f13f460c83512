// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Expected values worked out by hand from the formula. */
class PsnrTest {

    private static INDArray pixels(float... values) {
        return Nd4j.createFromArray(values).reshape(values.length, 1, 1, 1);
    }

    @Test
    void aTenthOfThePeakEverywhereIsTwentyDecibels() {
        assertEquals(20, Psnr.ofImages(pixels(0.2f, 0.2f), pixels(0, 0)), 1e-5);
    }

    @Test
    void errorsArePooledOverImages() {
        // MSE (0.04 + 0) / 2 = 0.02, 10 log10(4 / 0.02) = 23.0103; one perfect image is no infinity
        assertEquals(23.0103, Psnr.ofImages(pixels(0.2f, 0), pixels(0, 0)), 1e-4);
    }

    @Test
    void imagesAreClippedAsTheyAreWhenSaved() {
        assertEquals(Double.POSITIVE_INFINITY, Psnr.ofImages(pixels(1.5f, -7), pixels(1, -1)), 0);
    }

    @Test
    void valuesOfOtherRangesAreNotClipped() {
        // MSE 4, 10 log10(100 / 4) = 13.9794
        assertEquals(13.9794, Psnr.of(pixels(7), pixels(5), 10), 1e-4);
    }

    @Test
    void aNanIsNotHidden() {
        assertEquals(Double.NaN, Psnr.ofImages(pixels(Float.NaN, 0), pixels(0, 0)), 0);
    }

    @Test
    void differentSizesDoNotApply() {
        assertThrows(
                IllegalArgumentException.class, () -> Psnr.ofImages(pixels(1, 1), pixels(1, 1, 1)));
    }
}
