// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NoiseSourceTest {

    @Test
    void anImageHasTheSameNoiseInABatchOfAnySize() {
        NoiseSource noise = NoiseSource.seeded(7);
        INDArray batch = noise.initial(5, 1, 4, 4);
        INDArray steps = noise.step(3, 5, 1, 4, 4);
        assertEquals(batch.slice(0), noise.initial(1, 1, 4, 4).slice(0));
        for (int image = 0; image < 5; image++) {
            NoiseSource alone = NoiseSource.seeded(7 + image);
            assertEquals(batch.slice(image), alone.initial(1, 1, 4, 4).slice(0));
            assertEquals(steps.slice(image), alone.step(3, 1, 1, 4, 4).slice(0));
        }
    }

    @Test
    void seedsImagesAndStepsDiffer() {
        INDArray first = NoiseSource.seeded(0).initial(2, 8);
        assertEquals(DataType.FLOAT, first.dataType());
        assertNotEquals(first, NoiseSource.seeded(1).initial(2, 8));
        assertNotEquals(first.slice(0), first.slice(1));
        assertNotEquals(first, NoiseSource.seeded(0).step(0, 2, 8));
        assertNotEquals(NoiseSource.seeded(0).step(0, 2, 8), NoiseSource.seeded(0).step(1, 2, 8));
    }

    @Test
    void isStandardNormal() {
        INDArray noise = NoiseSource.seeded(1).initial(100, 1000);
        double mean = noise.meanNumber().doubleValue();
        assertEquals(0, mean, 0.01);
        assertEquals(1, noise.stdNumber().doubleValue(), 0.01);
        // the fourth moment of a normal distribution is 3
        assertEquals(3, noise.mul(noise).mul(noise).mul(noise).meanNumber().doubleValue(), 0.1);
    }

    @Test
    void recordedNoiseIsCopied() {
        INDArray initial = Nd4j.ones(1, 2);
        NoiseSource noise = NoiseSource.recorded(initial, List.of(Nd4j.zeros(1, 2)));
        assertEquals(initial, noise.initial(1, 2));
        assertNotSame(initial, noise.initial(1, 2));
        noise.step(0, 1, 2).addi(5);
        assertEquals(Nd4j.zeros(1, 2), noise.step(0, 1, 2));
    }
}
