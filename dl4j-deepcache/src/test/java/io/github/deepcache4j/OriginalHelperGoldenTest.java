// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.Guidance;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.diffusion.TimestepSpacing;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.UncachedPredictor;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * DDIM trajectories of the original DeepCache helper (PyPI DeepCache 0.1.1), recorded by
 * make_unets.py: 20 steps, with and without classifier-free guidance, several intervals and
 * branches.
 */
class OriginalHelperGoldenTest {

    private static final int STEPS = 20;
    private static final double TOLERANCE = 1e-3;
    private static final String STATES = "encoder_hidden_states";

    private static Map<String, INDArray> recorded;
    private static UNet plain;
    private static UNet doubled;

    @BeforeAll
    static void load() {
        recorded = Fixtures.arrays("sd.deepcache.npz");
        plain = Fixtures.sd(2);
        doubled = Fixtures.sd(4);
    }

    @ParameterizedTest(name = "guidance {0}, interval {1}, branch {2}")
    @CsvSource({
        "1,1,0", "1,2,0", "1,3,0", "1,5,0", "1,3,1", "1,3,2", "1,4,3", "1,2,5",
        "5,1,0", "5,2,0", "5,3,0", "5,5,0", "5,3,1", "5,3,2", "5,4,3", "5,2,5"
    })
    void latentsAndEveryStepsEpsilon(int guidance, int interval, int branch) {
        UNet unet = guidance == 1 ? plain : doubled;
        List<INDArray> epsilons = new ArrayList<>();
        INDArray latents;
        try (DeepCacheSession session =
                DeepCacheSession.of(
                                unet,
                                CachePlanner.atBranch(unet, branch).orThrow(),
                                new UniformSchedule(interval))
                        .open()) {
            latents = sample(session, guidance, epsilons);
        }
        String run = "g" + guidance + "_n" + interval + "_b" + branch;
        assertClose(recorded.get(run + "_final"), latents, run + " latents");
        // of the first image
        INDArray expected = recorded.get(run + "_eps");
        assertEquals(STEPS, epsilons.size());
        for (int step = 0; step < STEPS; step++) {
            assertClose(
                    expected.slice(step),
                    epsilons.get(step).get(NDArrayIndex.interval(0, 1)),
                    run + " epsilon of step " + step);
        }
    }

    @Test
    void intervalOneIsBitIdenticalToTheUncachedModel() {
        INDArray uncached;
        INDArray full;
        try (UncachedPredictor network =
                UncachedPredictor.of(plain, new SameDiffEngine(), Precision.F32, 0, event -> {})) {
            uncached = sample(network, 1, new ArrayList<>());
        }
        try (DeepCacheSession session =
                DeepCacheSession.of(
                                plain,
                                CachePlanner.atBranch(plain, 0).orThrow(),
                                new UniformSchedule(1))
                        .open()) {
            full = sample(session, 1, new ArrayList<>());
        }
        assertEquals(uncached, full);
        assertEquals(0, uncached.sub(full).amaxNumber().doubleValue());
    }

    private static INDArray sample(NoisePredictor network, int guidance, List<INDArray> epsilons) {
        Map<String, INDArray> cond = Map.of(STATES, recorded.get("cond"));
        Map<String, INDArray> uncond = Map.of(STATES, recorded.get("uncond"));
        NoisePredictor guided =
                guidance == 1 ? network : Guidance.batched(network, guidance, uncond, cond);
        NoisePredictor watched =
                (x, step) -> {
                    INDArray epsilon = guided.predict(x, step);
                    epsilons.add(epsilon.dup());
                    return epsilon;
                };
        NoiseSchedule schedule = NoiseSchedule.scaledLinear().withFinalAlphaOne(false);
        DdimSampler sampler =
                DdimSampler.of(schedule.withSpacing(TimestepSpacing.LEADING, 1), STEPS);
        return SamplingLoop.of(sampler, watched)
                .run(
                        recorded.get("latents"),
                        guidance == 1 ? cond : Map.of(),
                        NoiseSource.seeded(0),
                        StepListener.NONE);
    }

    private static void assertClose(INDArray expected, INDArray actual, String what) {
        double difference = expected.sub(actual).amaxNumber().doubleValue();
        assertTrue(difference <= TOLERANCE, what + " differs by " + difference);
    }
}
