// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What holds for any images and features; the seed is the parameter. */
@SuppressWarnings("resource") // ND4J's random generators hold nothing
class MetricsPropertyTest {

    private static INDArray normal(long seed, long... shape) {
        return Nd4j.randn(0, 1, shape, Nd4j.getRandomFactory().getNewRandomInstance(seed))
                .castTo(DataType.DOUBLE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void equalImages(long seed) {
        INDArray images = normal(seed, 2, 3, 16, 13);
        assertEquals(Double.POSITIVE_INFINITY, Psnr.ofImages(images, images.dup()), 0);
        assertEquals(1, Ssim.ofImages(images, images.dup()), 1e-12);
        assertEquals(new RelativeError(0, 0), RelativeError.of(images, images.dup()));
        assertEquals(0, RmsError.of(images, images.dup()), 0);
        assertEquals(1, CosineSimilarity.of(images, images.dup()), 1e-12);
        assertEquals(-1, CosineSimilarity.of(images, images.neg()), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void symmetry(long seed) {
        INDArray one = normal(seed, 2, 1, 16, 13);
        INDArray other = one.add(normal(seed + 10, 2, 1, 16, 13).mul(0.3));
        assertEquals(Psnr.ofImages(one, other), Psnr.ofImages(other, one), 1e-12);
        assertEquals(Ssim.ofImages(one, other), Ssim.ofImages(other, one), 1e-12);
        assertEquals(RmsError.of(one, other), RmsError.of(other, one), 1e-12);
        double closer = Ssim.ofImages(one, one.add(other.sub(one).mul(0.2)));
        assertTrue(closer > Ssim.ofImages(one, other), "less noise, more similar");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void frechetDistance(long seed) {
        INDArray features = normal(seed, 50, 8).mmul(normal(seed + 20, 8, 8));
        FeatureStatistics one = FeatureStatistics.of(features);
        assertEquals(0, FrechetDistance.between(one, FeatureStatistics.of(features.dup())), 1e-9);
        // the same Gaussian moved by v: |v|²
        INDArray shift = Nd4j.createFromArray(3.0, 0, -4, 0, 0, 0, 0, 0);
        FeatureStatistics moved = FeatureStatistics.of(features.addRowVector(shift));
        assertEquals(25, FrechetDistance.between(one, moved), 1e-9);
        // around its mean spread by s: (s - 1)² tr C
        INDArray mean = features.mean(0);
        INDArray wider = features.subRowVector(mean).mul(3).addRowVector(mean);
        double trace = one.covariance().getTrace();
        double spread = FrechetDistance.between(one, FeatureStatistics.of(wider));
        assertEquals(4 * trace, spread, 1e-9 * trace);
        // and the same from the other side
        FeatureStatistics other = FeatureStatistics.of(normal(seed + 40, 30, 8));
        double distance = FrechetDistance.between(one, other);
        assertEquals(distance, FrechetDistance.between(other, one), 1e-9 * distance);
    }

    @Test
    void fewerImagesThanFeatures() {
        FeatureStatistics few = FeatureStatistics.of(normal(5, 4, 16));
        FeatureStatistics many = FeatureStatistics.of(normal(6, 100, 16));
        assertTrue(Double.isFinite(FrechetDistance.between(few, many)));
        assertEquals(0, FrechetDistance.between(few, few), 1e-9);
    }

    @Test
    void accuracy() {
        assertEquals(0.75, Accuracy.of(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 0}), 0);
        assertThrows(
                IllegalArgumentException.class, () -> Accuracy.of(new int[] {1}, new int[] {1, 2}));
    }

    @Test
    void aNanIsNotHidden() {
        INDArray images = normal(1, 1, 1, 12, 12);
        INDArray broken = images.dup();
        broken.putScalar(30, Double.NaN);
        assertTrue(Double.isNaN(Ssim.ofImages(images, broken)));
        assertTrue(Double.isNaN(RmsError.of(images, broken)));
        assertTrue(Double.isNaN(RelativeError.of(broken, images).l2()));
        assertThrows(
                IllegalArgumentException.class, () -> FeatureStatistics.of(broken.reshape(12, 12)));
    }

    @Test
    void whatDoesNotFit() {
        INDArray small = normal(1, 1, 1, 8, 8);
        assertSays("1x1x8x8", () -> Ssim.ofImages(small, small));
        INDArray one = normal(1, 2, 1, 12, 12);
        // as many elements, another shape
        INDArray turned = one.reshape(1, 2, 12, 12);
        assertSays("1x2x12x12", () -> Ssim.ofImages(one, turned));
        assertSays("1x2x12x12", () -> RmsError.of(one, turned));
        assertSays("two rows", () -> FeatureStatistics.of(normal(1, 1, 5)));
        FeatureStatistics five = FeatureStatistics.of(normal(1, 9, 5));
        FeatureStatistics six = FeatureStatistics.of(normal(1, 9, 6));
        assertSays("5 and 6", () -> FrechetDistance.between(five, six));
        assertSays("mean of 5", () -> FeatureStatistics.of(normal(1, 5), normal(1, 6, 6)));
    }

    private static void assertSays(String part, org.junit.jupiter.api.function.Executable call) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }
}
