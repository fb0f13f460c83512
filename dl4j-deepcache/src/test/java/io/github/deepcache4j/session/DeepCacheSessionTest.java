// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import static io.github.deepcache4j.testing.HandWrittenUNet.plan;
import static io.github.deepcache4j.testing.HandWrittenUNet.sample;
import static io.github.deepcache4j.testing.HandWrittenUNet.step;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.testing.Bits;
import io.github.deepcache4j.testing.HandWrittenUNet;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DeepCacheSessionTest {

    private final UNet unet = HandWrittenUNet.nchw(2);

    private DeepCacheSession open(int branch, CacheSchedule schedule) {
        return DeepCacheSession.of(unet, plan(unet, branch), schedule).open();
    }

    private UncachedPredictor uncached() {
        return UncachedPredictor.of(unet, new SameDiffEngine(), Precision.F32, 1000, event -> {});
    }

    /** A toy sampler: x moves a little with each prediction, and is returned after some steps. */
    private INDArray run(NoisePredictor predictor, long seed, int steps, String... keys) {
        INDArray x = sample(unet, seed);
        for (int i = 0; i < steps; i++) {
            INDArray sum = x.dup();
            for (String key : keys) {
                Step step = step(unet, i, 900 - 50 * i).withCacheKey(key);
                sum.subi(predictor.predict(x, step).mul(key.equals("cond") ? 0.2 : 0.1));
            }
            x = sum;
        }
        return x;
    }

    private static List<StepEvent.Kind> kinds(List<StepEvent> events) {
        return events.stream().map(StepEvent::kind).toList();
    }

    private static List<StepEvent.Kind> kinds(String letters) {
        return letters.chars()
                .mapToObj(c -> c == 'F' ? StepEvent.Kind.FULL : StepEvent.Kind.CACHED)
                .toList();
    }

    @Test
    void intervalOneIsTheUncachedModelBitForBit() {
        try (DeepCacheSession session = open(0, index -> true);
                UncachedPredictor plain = uncached()) {
            Bits.assertSame(run(plain, 1, 5, ""), run(session, 1, 5, ""));
            assertEquals(kinds("FFFFF"), kinds(session.events()));
            assertEquals(kinds("FFFFF"), kinds(plain.events()));
            assertEquals(1000, plain.events().get(0).macs());
        }
    }

    @Test
    void stepsFollowTheScheduleAndAreRecorded() {
        List<StepEvent> heard = new ArrayList<>();
        try (DeepCacheSession session =
                DeepCacheSession.of(unet, plan(unet, 0), index -> index % 3 == 0)
                        .engine(new SameDiffEngine(), Precision.F32)
                        .listener(heard::add)
                        .open()) {
            run(session, 1, 7, "");
            assertEquals(kinds("FCCFCCF"), kinds(session.events()));
            assertEquals(heard, session.events());
            StepEvent second = heard.get(1);
            assertEquals(1, second.index());
            assertEquals(850, second.timestep());
            assertEquals(250, second.macs());
            assertEquals("", second.key());
            assertTrue(second.seconds() > 0);
            assertEquals(4L * 2 * 6 * 8 * 8, session.cacheBytes());
            session.reset();
            assertEquals(0, session.cacheBytes());
            assertEquals(List.of(), session.events());
        }
    }

    @Test
    void aCachedStepOnTheSameSampleGivesTheFullStepsPrediction() {
        try (DeepCacheSession session = open(1, index -> index == 0)) {
            INDArray x = sample(unet, 4);
            INDArray full = session.predict(x, step(unet, 0, 500));
            INDArray cached = session.predict(x, step(unet, 1, 500));
            assertEquals(kinds("FC"), kinds(session.events()));
            assertEquals(0, Bits.maxDifference(full, cached), 1e-6);
        }
    }

    @Test
    void everyRunBeginsFullEvenIfTheScheduleSaysNever() {
        try (DeepCacheSession session = open(0, index -> false)) {
            INDArray first = run(session, 1, 3, "");
            run(session, 2, 3, "");
            Bits.assertSame(first, run(session, 1, 3, ""));
            assertEquals(kinds("FCCFCCFCC"), kinds(session.events()));
        }
    }

    @Test
    void keysDoNotShareFeatures() {
        try (DeepCacheSession both = open(0, index -> index % 2 == 0);
                DeepCacheSession cond = open(0, index -> index % 2 == 0);
                DeepCacheSession uncond = open(0, index -> index % 2 == 0)) {
            for (int i = 0; i < 4; i++) {
                Step step = step(unet, i, 100 - i);
                INDArray a = sample(unet, i);
                INDArray b = sample(unet, 50 + i);
                Bits.assertSame(cond.predict(a, step), both.predict(a, step.withCacheKey("cond")));
                Bits.assertSame(
                        uncond.predict(b, step), both.predict(b, step.withCacheKey("uncond")));
            }
            assertEquals(kinds("FFCCFFCC"), kinds(both.events()));
            assertEquals(2 * cond.cacheBytes(), both.cacheBytes());
        }
    }

    @Test
    void oneBatchedCallGivesWhatTwoKeysGive() {
        UNet single = HandWrittenUNet.nchw(1);
        try (DeepCacheSession batched = open(0, index -> index % 2 == 0);
                DeepCacheSession keyed =
                        DeepCacheSession.of(single, plan(single, 0), index -> index % 2 == 0)
                                .open()) {
            for (int i = 0; i < 4; i++) {
                INDArray a = sample(single, i);
                INDArray b = sample(single, 50 + i);
                INDArray together = batched.predict(Nd4j.concat(0, a, b), step(unet, i, 100 - i));
                Step step = step(single, i, 100 - i);
                INDArray apart =
                        Nd4j.concat(
                                0,
                                keyed.predict(a, step.withCacheKey("a")),
                                keyed.predict(b, step.withCacheKey("b")));
                assertEquals(0, Bits.maxDifference(together, apart), 1e-5);
            }
        }
    }

    @Test
    void twoSessionsInTwoThreadsGiveTheSequentialNumbers() throws Exception {
        List<INDArray> expected = new ArrayList<>();
        for (int seed = 0; seed < 2; seed++) {
            try (DeepCacheSession session = open(0, index -> index % 3 == 0)) {
                expected.add(run(session, seed, 20, "cond", "uncond"));
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<INDArray>> work = new ArrayList<>();
            for (int seed = 0; seed < 2; seed++) {
                int own = seed;
                work.add(
                        () -> {
                            try (DeepCacheSession session = open(0, index -> index % 3 == 0)) {
                                return run(session, own, 20, "cond", "uncond");
                            }
                        });
            }
            List<Future<INDArray>> results = threads.invokeAll(work);
            for (int seed = 0; seed < 2; seed++) {
                Bits.assertSame(expected.get(seed), results.get(seed).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void predictionsAreTheCallersToKeepAndInputsStay() {
        try (DeepCacheSession session = open(0, index -> index % 2 == 0)) {
            INDArray x = sample(unet, 1);
            INDArray copy = x.dup();
            INDArray first = session.predict(x, step(unet, 0, 9));
            INDArray kept = first.dup();
            session.predict(x, step(unet, 1, 8)).assign(7);
            session.predict(x, step(unet, 2, 7));
            Bits.assertSame(kept, first);
            Bits.assertSame(copy, x);
        }
    }

    @Test
    void wrongInputsAreNamedAndAClosedSessionSaysSo() {
        DeepCacheSession session = open(0, index -> true);
        INDArray small = Nd4j.ones(DataType.FLOAT, 1, 3, 8, 8);
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> session.predict(small, Step.of(0, 5)))
                        .getMessage();
        assertTrue(message.contains("x has shape 1x3x8x8, the model was imported for 2x3x8x8"));
        assertTrue(message.contains("label (INT 2) is missing"));
        session.close();
        session.close();
        assertTrue(
                assertThrows(
                                IllegalStateException.class,
                                () -> session.predict(sample(unet, 1), step(unet, 0, 5)))
                        .getMessage()
                        .contains("was closed"));
    }
}
