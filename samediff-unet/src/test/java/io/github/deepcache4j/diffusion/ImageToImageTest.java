// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The golden runs compare with diffusers; here is what holds of every sampler. */
class ImageToImageTest {

    private static final long[] SHAPE = {1, 1, 4, 4};
    private static final NoiseSource NOISE = NoiseSource.seeded(5);
    private static final INDArray CLEAN = NoiseSource.seeded(9).initial(SHAPE);

    private static Sampler sampler(SamplerKind kind) {
        return SamplerFactory.of(kind, NoiseSchedule.scaledLinear()).sampler(10);
    }

    @Test
    void strengthZeroLeavesTheImageAndOneTakesAllSteps() {
        for (SamplerKind kind : SamplerKind.values()) {
            Sampler sampler = sampler(kind);
            assertEquals(CLEAN, run(sampler, ImageToImage.start(sampler, CLEAN, NOISE, 0)));
            assertEquals(0, ImageToImage.start(sampler, CLEAN, NOISE, 1).step());
            assertEquals(6, ImageToImage.start(sampler, CLEAN, NOISE, 0.49).step());
        }
    }

    @Test
    void callsCountFromZeroWhereverTheRunBegins() {
        for (SamplerKind kind : SamplerKind.values()) {
            Sampler sampler = sampler(kind);
            FakeNetwork network = new FakeNetwork();
            SamplingLoop.of(sampler, network)
                    .run(
                            ImageToImage.startAt(sampler, CLEAN, NOISE, 7),
                            Map.of(),
                            NOISE,
                            StepListener.NONE);
            for (int call = 0; call < network.steps.size(); call++) {
                assertEquals(call, network.steps.get(call).index(), kind.shortName());
            }
            assertEquals(sampler.timesteps()[7], network.steps.get(0).timestep());
        }
    }

    @Test
    void whatTheMaskKeepsIsTheImage() {
        INDArray mask = Nd4j.zeros(1, 1, 4, 4);
        mask.putScalar(new int[] {0, 0, 1, 2}, 1);
        for (SamplerKind kind : SamplerKind.values()) {
            Sampler sampler = sampler(kind);
            INDArray sample =
                    SamplingLoop.of(sampler, new FakeNetwork())
                            .withMask(LatentMask.of(mask, CLEAN, NOISE))
                            .run(NOISE, Map.of(), StepListener.NONE, SHAPE);
            INDArray free = run(sampler, sampler.start(NOISE.initial(SHAPE)));
            for (int i = 0; i < 16; i++) {
                double expected = i == 6 ? free.getDouble(i) : CLEAN.getDouble(i);
                assertEquals(expected, sample.getDouble(i), 1e-5, kind + " " + i);
            }
        }
    }

    private static INDArray run(Sampler sampler, SamplerState from) {
        return SamplingLoop.of(sampler, new FakeNetwork())
                .run(from, Map.of(), NOISE, StepListener.NONE);
    }
}
