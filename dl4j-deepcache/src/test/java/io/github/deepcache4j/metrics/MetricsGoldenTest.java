// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Values of scikit-image and SciPy, by {@code make_golden.py} beside the data. */
class MetricsGoldenTest {

    private static Map<String, INDArray> golden = Map.of();

    @BeforeAll
    static void read() throws IOException, URISyntaxException {
        golden =
                NpzFile.read(
                        Path.of(
                                Objects.requireNonNull(
                                                MetricsGoldenTest.class.getResource(
                                                        "/metrics/golden.npz"))
                                        .toURI()));
    }

    private static INDArray array(String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }

    private static double number(String name) {
        return array(name).getDouble(0);
    }

    private static INDArray image(String name, int index) {
        return array(name).get(NDArrayIndex.interval(index, index + 1)).dup().reshape(1, 3, 24, 20);
    }

    @Test
    void ssim() {
        INDArray expected = array("ssim");
        for (int i = 0; i < 4; i++) {
            assertEquals(
                    expected.getDouble(i),
                    Ssim.ofImages(image("noisy", i), image("images", i)),
                    1e-9);
        }
        assertEquals(
                expected.meanNumber().doubleValue(),
                Ssim.ofImages(array("noisy"), array("images")),
                1e-9);
    }

    @Test
    void frechet() {
        FeatureStatistics one = FeatureStatistics.of(array("one"));
        FeatureStatistics other = FeatureStatistics.of(array("other"));
        assertEquals(number("frechet"), FrechetDistance.between(one, other), 1e-8);
        FeatureStatistics given = FeatureStatistics.of(array("mean"), array("covariance"));
        assertEquals(number("frechet"), FrechetDistance.between(given, other), 1e-8);
    }

    @Test
    void frechetOfSingularCovariance() {
        FeatureStatistics singular = FeatureStatistics.of(array("singular"));
        FeatureStatistics other = FeatureStatistics.of(array("other"));
        // SciPy's own square root of the singular product is good to 1e-6
        assertEquals(number("frechet_singular"), FrechetDistance.between(singular, other), 1e-5);
    }

    @Test
    void differences() {
        RelativeError error = RelativeError.of(array("noisy"), array("images"));
        assertEquals(number("relative_l1"), error.l1(), 1e-12);
        assertEquals(number("relative_l2"), error.l2(), 1e-12);
        assertEquals(number("cosine"), CosineSimilarity.of(array("noisy"), array("images")), 1e-12);
        assertEquals(number("rms"), RmsError.of(array("noisy"), array("images")), 1e-12);
    }

    @Test
    void similarityOfAllPairs() {
        double[][] cosines = CosineSimilarity.ofAllPairs(array("one"));
        for (int i = 0; i < cosines.length; i++) {
            for (int j = 0; j < cosines.length; j++) {
                assertEquals(array("cosines").getDouble(i, j), cosines[i][j], 1e-6);
            }
        }
    }
}
