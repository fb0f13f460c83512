// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against the same generator written in Python; method name = file name. */
class NoiseSourceGoldenTest {

    @Test
    void seeded_noise() throws IOException {
        Map<String, INDArray> expected = Golden.arrays("seeded_noise");
        NoiseSource noise = NoiseSource.seeded(42);
        check(expected.get("initial"), noise.initial(2, 1, 3, 3));
        check(expected.get("step_0"), noise.step(0, 2, 1, 3, 3));
        check(expected.get("step_7"), noise.step(7, 2, 1, 3, 3));
        check(expected.get("negative"), NoiseSource.seeded(-3).initial(4, 2));
    }

    /** One unit in the last place for the C library's logarithm and cosine. */
    private static void check(INDArray expected, INDArray actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.data().asFloat(), actual.data().asFloat(), 1e-6f);
    }
}
