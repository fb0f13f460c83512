// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

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
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.testing.Bits;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sessions that follow policies. */
class PolicySessionTest {

    private static final int STEPS = 12;

    private final UNet unet = HandWrittenUNet.nchw(2);
    private final AnatomyResult anatomy = SkipFinder.find(unet);

    private DeepCacheSession open(String tag, String engine) {
        Engine found = Engines.named(engine, Precision.F32);
        return DeepCacheSession.of(unet, anatomy, Policy.parse(tag), STEPS)
                .engine(found, Precision.F32)
                .logSnr(t -> 3 - t / 150)
                .open();
    }

    private INDArray run(NoisePredictor predictor) {
        INDArray x = sample(unet, 1);
        for (int i = 0; i < STEPS; i++) {
            x = x.sub(predictor.predict(x, step(unet, i, 900 - 50 * i)).mul(0.1));
        }
        return x;
    }

    private INDArray run(String tag, String engine) {
        try (DeepCacheSession session = open(tag, engine)) {
            return run(session);
        }
    }

    private static String labels(DeepCacheSession session) {
        return session.events().stream().map(StepEvent::label).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"samediff", "nd4j", "onednn"})
    void orderZeroIsReuseAndIntervalOneIsUncachedBitForBit(String engine) {
        INDArray reuse = run("N3b1.reuse", engine);
        Bits.assertSame(reuse, run("N3b1.newton0", engine));
        Bits.assertSame(reuse, run("N3b1.taylor0", engine));
        try (UncachedPredictor plain =
                UncachedPredictor.of(
                        unet, Engines.named(engine, Precision.F32), Precision.F32, 1, e -> {})) {
            INDArray uncached = run(plain);
            for (String tag : List.of("N1b1.newton2", "N1b0.newton3.snr", "full")) {
                Bits.assertSame(uncached, run(tag, engine));
            }
            assertTrue(Bits.maxDifference(uncached, reuse) > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nd4j", "onednn"})
    void enginesAgreeOnEveryPolicy(String engine) {
        for (String tag :
                List.of(
                        "N3b1.newton2",
                        "N3b0.newton2.snr",
                        "N4b1.taylor2.clamp2",
                        "MF10F10F01F10.newton2",
                        "N12b0.newton1.gate0.02.run3.warm2")) {
            INDArray reference = run(tag, "samediff");
            double largest = reference.amaxNumber().doubleValue();
            double difference = Bits.maxDifference(reference, run(tag, engine));
            assertTrue(difference <= 1e-5 * largest, tag + ": " + difference);
        }
    }

    @Test
    void everyStepIsRecordedWithItsBranch() {
        try (DeepCacheSession session = open("MF10F10F01F10.newton2", "nd4j")) {
            run(session);
            assertEquals(
                    "full cached@1 cached@0 full cached@1 cached@0 full cached@0 cached@1 full"
                            + " cached@1 cached@0",
                    labels(session));
            List<Long> macs = session.events().stream().map(StepEvent::macs).limit(3).toList();
            assertTrue(macs.get(0) > macs.get(1) && macs.get(1) > macs.get(2));
        }
    }

    @Test
    void aForecastNeverLooksBackBeyondItsRun() {
        try (DeepCacheSession session = open("N3b1.newton2", "nd4j")) {
            INDArray first = run(session);
            session.predict(sample(unet, 8), step(unet, 0, 999));
            Bits.assertSame(first, run(session));
        }
    }

    @Test
    void theHorizonHoldsTheForecastWhereItEnds() {
        // one step beyond the full one, the clamp has nothing to do
        Bits.assertSame(run("N2b1.newton1", "nd4j"), run("N2b1.newton1.clamp1", "nd4j"));
        assertTrue(
                Bits.maxDifference(run("N4b1.newton1", "nd4j"), run("N4b1.newton1.clamp1", "nd4j"))
                        > 0);
    }

    @Test
    void aGateCountsStrictlyAndKeepsWarmUpAndLongestRun() {
        try (DeepCacheSession never = open("N12b0.reuse.gate1000.run3.warm2", "nd4j")) {
            run(never);
            assertEquals(
                    "full full cached@0 cached@0 cached@0 full cached@0 cached@0 cached@0 full"
                            + " cached@0 cached@0",
                    labels(never));
        }
        try (DeepCacheSession always = open("N12b0.reuse.gate0.000000001", "nd4j")) {
            run(always);
            assertEquals(STEPS, always.events().stream().filter(e -> e.branch() < 0).count());
        }
    }

    @Test
    void anUnchangedSkipIsNoReasonForAFullStepAtAnyThreshold() {
        try (DeepCacheSession session = open("N12b0.reuse.gate0.000000001", "nd4j")) {
            INDArray x = sample(unet, 1);
            session.predict(x, step(unet, 0, 500));
            session.predict(x, step(unet, 1, 500));
            assertEquals("full cached@0", labels(session));
        }
    }

    @Test
    void correctionsAreApplied() {
        Policy policy = Policy.parse("N3b1.reuse.affine");
        int channels = (int) HandWrittenUNet.plan(unet, 1).boundaryShape().size(1);
        float[] ones = new float[channels];
        java.util.Arrays.fill(ones, 1);
        CorrectionTable.Line none = new CorrectionTable.Line(ones, new float[channels]);
        CorrectionTable.Line zero =
                new CorrectionTable.Line(new float[channels], new float[channels]);
        INDArray plain = run("N3b1.reuse", "nd4j");
        double largest = plain.amaxNumber().doubleValue();
        assertEquals(0, Bits.maxDifference(plain, corrected(policy, none)) / largest, 1e-6);
        assertTrue(Bits.maxDifference(plain, corrected(policy, zero)) > 1e-3 * largest);
    }

    private INDArray corrected(Policy policy, CorrectionTable.Line line) {
        CorrectionTable table = new CorrectionTable(1, Map.of(1, line, 2, line, 4, line));
        try (DeepCacheSession session =
                DeepCacheSession.of(unet, anatomy, policy, STEPS)
                        .engine(Engines.named("nd4j", Precision.F32), Precision.F32)
                        .corrections(table)
                        .open()) {
            return run(session);
        }
    }

    @Test
    void aSessionCanFollowAnotherPolicy() {
        INDArray expected = run("N4b0.newton1", "nd4j");
        try (DeepCacheSession session =
                DeepCacheSession.of(unet, anatomy, Policy.parse("N3b1.newton2"), STEPS)
                        .branches(anatomy, List.of(0, 1))
                        .engine(Engines.named("nd4j", Precision.F32), Precision.F32)
                        .open()) {
            run(session);
            session.follow(Policy.parse("N4b0.newton1"), STEPS, null);
            Bits.assertSame(expected, run(session));
            assertEquals(STEPS, session.events().size());
        }
    }

    @Test
    void whatAPolicyNeedsIsNamed() {
        String snr =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        DeepCacheSession.of(
                                                        unet,
                                                        anatomy,
                                                        Policy.parse("N3b1.newton2.snr"),
                                                        STEPS)
                                                .open())
                        .getMessage();
        assertTrue(snr.contains("Builder.logSnr"), snr);
        String affine =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> open("N3b1.reuse.affine", "nd4j"))
                        .getMessage();
        assertTrue(affine.contains("deepcache calibrate"), affine);
        String fit =
                assertThrows(IllegalArgumentException.class, () -> open("N3b1.fit2", "nd4j"))
                        .getMessage();
        assertTrue(fit.contains("weights that calibration finds"), fit);
        String branch =
                assertThrows(IllegalArgumentException.class, () -> open("N3b9", "nd4j"))
                        .getMessage();
        assertTrue(branch.contains("There is no branch 9"), branch);
        Policy fitted = Policy.parse("N3b1").with(new Fitted(1, Map.of(1, List.of(0.5))));
        assertTrue(!fitted.needsCalibration());
    }

    @Test
    void aWeightOfOneAnchorCounts() {
        Map<Integer, List<Double>> nothing =
                Map.of(1, List.of(0.0), 2, List.of(0.0), 4, List.of(0.0));
        Policy zeroed = Policy.parse("N3b1").with(new Fitted(1, nothing));
        try (DeepCacheSession session = DeepCacheSession.of(unet, anatomy, zeroed, STEPS).open()) {
            INDArray plain = run("N3b1", "samediff");
            double largest = plain.amaxNumber().doubleValue();
            assertTrue(Bits.maxDifference(plain, run(session)) > 1e-3 * largest);
        }
    }
}
