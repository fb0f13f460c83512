// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static io.github.deepcache4j.testing.HandWrittenUNet.sample;
import static io.github.deepcache4j.testing.HandWrittenUNet.step;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Calibration on a small network and a toy sampler of ten steps. */
class CalibratorTest {

    private static final int STEPS = 10;

    private final UNet unet = HandWrittenUNet.nchw(2);
    private final AnatomyResult anatomy = SkipFinder.find(unet);
    private final Engine engine = Engines.named("nd4j", Precision.F32);

    /** The timestep falls unevenly, so that even full steps are not the best. */
    private INDArray samples(NoisePredictor network, long seed) {
        INDArray x = sample(unet, seed);
        for (int i = 0; i < STEPS; i++) {
            double t = 900 * Math.pow(1 - i / (double) STEPS, 2);
            x = x.sub(network.predict(x, step(unet, i, t)).mul(0.15));
        }
        return x;
    }

    private Calibrator open(int trials) {
        return open(trials, List.of(network -> samples(network, 1)));
    }

    private Calibrator open(int trials, List<SampleRun> runs) {
        return Calibrator.open(
                unet,
                anatomy,
                List.of(0, 1),
                engine,
                Precision.F32,
                runs,
                STEPS,
                t -> 3 - t / 150,
                new Calibrator.Effort(4, trials),
                line -> {});
    }

    private SampleErrors errors(DeepCacheSession session, Policy policy, long seed) {
        session.follow(policy, STEPS, null);
        INDArray samples = samples(session, seed);
        session.follow(Policy.parse("full"), STEPS, null);
        return SampleErrors.of(samples, samples(session, seed));
    }

    private DeepCacheSession session() {
        return DeepCacheSession.of(unet, anatomy, Policy.deepCache(1, 0), STEPS)
                .branches(anatomy, List.of(0, 1))
                .engine(engine, Precision.F32)
                .open();
    }

    @ParameterizedTest
    @ValueSource(strings = {"N4b1.newton2.search", "N3b0.reuse.search", "N4b0.newton1.search"})
    void directSearchComesNearTheBestOfAllLists(String tag) {
        try (Calibrator calibrator = open(1000);
                DeepCacheSession session = session()) {
            FittedPolicy fitted = calibrator.fit(Policy.parse(tag));
            Placement.Listed placed = (Placement.Listed) fitted.policy().placement();
            double least = Double.POSITIVE_INFINITY;
            for (List<Integer> full :
                    ProgrammePropertyTest.all(STEPS, placed.steps().size(), STEPS)) {
                Policy policy = fitted.policy().with(new Placement.Listed(full, placed.branch()));
                least = Math.min(least, errors(session, policy, 1).typical());
            }
            SampleErrors errors = errors(session, fitted.policy(), 1);
            assertEquals(errors.meanSquare(), fitted.meanSquare(), 1e-3 * errors.meanSquare());
            double found = errors.typical();
            assertTrue(10 * Math.log10(found / least) <= 0.3, found + " against " + least);
        }
    }

    /**
     * On other images than those that were searched on, too: where all images judge, what is found
     * is no worse on them than plain DeepCache, its forecast, and even full steps.
     */
    @ParameterizedTest
    @ValueSource(strings = {"N4b1.recommended", "N3b0.recommended", "N4b1.newton2.search"})
    void otherImagesJudge(String tag) {
        List<SampleRun> runs =
                List.of(
                        network -> samples(network, 1),
                        network -> samples(network, 2),
                        network -> samples(network, 3));
        try (Calibrator calibrator = open(30, runs);
                DeepCacheSession session = session()) {
            FittedPolicy fitted = calibrator.fit(Policy.parse(tag));
            double typical = all(session, fitted.policy()).typical();
            String uniform = tag.substring(0, 4);
            assertTrue(typical <= all(session, Policy.parse(uniform + ".newton2")).typical());
            if (tag.endsWith("recommended")) {
                SampleErrors plain = all(session, Policy.parse(uniform));
                assertTrue(typical <= plain.typical());
                assertEquals(plain.meanSquare(), fitted.plainMeanSquare(), 1e-9);
            }
            double meanSquare = all(session, fitted.policy()).meanSquare();
            assertEquals(meanSquare, fitted.meanSquare(), 1e-3 * meanSquare);
            double found = heldOut(session, fitted.policy());
            double even = heldOut(session, Policy.parse(uniform + ".newton2"));
            assertTrue(found <= even, tag + " on seeds it never saw: " + found + ", even " + even);
        }
    }

    private double heldOut(DeepCacheSession session, Policy policy) {
        return IntStream.range(100, 120)
                .mapToDouble(seed -> errors(session, policy, seed).meanSquare())
                .sum();
    }

    private SampleErrors all(DeepCacheSession session, Policy policy) {
        return errors(session, policy, 1)
                .and(errors(session, policy, 2))
                .and(errors(session, policy, 3));
    }

    @Test
    void aBudgetIsKeptAndPlainDeepCacheIsNoBetter() {
        try (Calibrator calibrator = open(20);
                DeepCacheSession session = session()) {
            FittedPolicy fitted = calibrator.fit(Policy.parse("N4b1.recommended"));
            assertTrue(fitted.meanSquare() <= fitted.plainMeanSquare());
            session.follow(fitted.policy(), STEPS, null);
            samples(session, 1);
            long macs = session.events().stream().mapToLong(StepEvent::macs).sum();
            CachePlan plan = HandWrittenUNet.plan(unet, 1);
            session.follow(Policy.deepCache(4, 1), STEPS, null);
            samples(session, 1);
            long plain = session.events().stream().mapToLong(StepEvent::macs).sum();
            assertTrue(macs <= plain, macs + " of " + plain + " MACs, branch " + plan.branch());
        }
    }

    @Test
    void aSpeedupIsReached() {
        try (Calibrator calibrator = open(10);
                DeepCacheSession session = session()) {
            FittedPolicy fitted = calibrator.fitSpeedup(1.2);
            session.follow(fitted.policy(), STEPS, null);
            samples(session, 1);
            long macs = session.events().stream().mapToLong(StepEvent::macs).sum();
            long full = session.events().stream().mapToLong(StepEvent::macs).max().orElseThrow();
            assertTrue(STEPS * full >= 1.2 * macs);
            String message =
                    assertThrows(IllegalArgumentException.class, () -> calibrator.fitSpeedup(50))
                            .getMessage();
            assertTrue(message.contains("this model allows up to"), message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "N3b1.newton1.dp",
                "N3b1.reuse.smooth0.1",
                "N3b1.reuse.change0.2",
                "N3b1.fit2",
                "N3b1.newton1.affine",
                "N3b1.fit3.affine.search"
            })
    void filesHoldEverything(String tag, @TempDir Path folder) throws IOException {
        RunFacts facts = new RunFacts("abc", "ddim", STEPS, STEPS, 1);
        try (Calibrator calibrator = open(5)) {
            FittedPolicy fitted = calibrator.fit(Policy.parse(tag));
            Path file = folder.resolve("policy.json");
            Files.writeString(file, new PolicyFile(fitted, facts, Map.of("seed", 1)).text());
            FittedPolicy read = PolicyFile.read(file).forRun(facts, false);
            assertEquals(fitted.policy(), read.policy());
            assertEquals(tag, read.asked());
            assertEquals(1, PolicyFile.read(file).images().get("seed"));
            INDArray expected = run(fitted);
            assertEquals(0, expected.sub(run(read)).amaxNumber().doubleValue(), 1e-5, "as before");
        }
    }

    private INDArray run(FittedPolicy fitted) {
        DeepCacheSession.Builder builder =
                DeepCacheSession.of(unet, anatomy, fitted.policy(), STEPS)
                        .engine(engine, Precision.F32);
        fitted.corrections().ifPresent(builder::corrections);
        try (DeepCacheSession session = builder.open()) {
            return samples(session, 2);
        }
    }
}
