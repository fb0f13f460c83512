// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.NoisePredictor;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GuidancePropertyTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void batchedEqualsSeparate(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int batch = random.nextInt(1, 5);
        double scale = random.nextDouble(0, 8);
        long[] shape = {batch, random.nextInt(1, 4), 4, 4};
        Map<String, INDArray> without = Map.of("label", labels(random, batch));
        Map<String, INDArray> with = Map.of("label", labels(random, batch));
        Sampler sampler =
                random.nextBoolean()
                        ? DdpmSampler.of(NoiseSchedule.linear(), 6)
                        : DdimSampler.of(NoiseSchedule.linear(), 6)
                                .withEta(0.5)
                                .withClippedModelOutput(true);
        INDArray batched =
                run(sampler, Guidance.batched(new FakeNetwork(), scale, without, with), shape);
        INDArray separate =
                run(sampler, Guidance.separate(new FakeNetwork(), scale, without, with), shape);
        double error = Golden.error(separate, batched);
        assertTrue(error <= 1e-6, () -> "seed " + seed + ": relative error " + error);
    }

    private static INDArray run(Sampler sampler, NoisePredictor network, long[] shape) {
        return SamplingLoop.of(sampler, network)
                .run(NoiseSource.seeded(1), Map.of(), StepListener.NONE, shape);
    }

    private static INDArray labels(SplittableRandom random, int batch) {
        float[] labels = new float[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = random.nextInt(10);
        }
        return Nd4j.createFromArray(labels);
    }
}
