// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {

    @TempDir private Path temporary;

    @Test
    void aRunRepeatsBitForBit() {
        try (Trainer first = TinyRun.start();
                Trainer second = TinyRun.start()) {
            first.run(5);
            second.run(5);
            assertArrayEquals(first.losses(), second.losses());
            TinyRun.assertSameBits(first, second);
            assertTrue(first.losses()[4] < first.losses()[0], "it learns");
        }
    }

    @Test
    void goesOnAfterAnExceptionAsIfItHadNotStopped() throws IOException {
        Path checkpoint = temporary.resolve("checkpoint.npz");
        try (Trainer whole = TinyRun.start();
                Trainer stopped = TinyRun.start();
                Trainer resumed = TinyRun.start()) {
            whole.run(6);
            stopped.run(3);
            stopped.save(checkpoint);
            stopped.withListeners(new StopInTheMiddle(4, TrainerTest::fail));
            assertThrows(IllegalStateException.class, () -> stopped.run(6));
            resumed.restore(checkpoint);
            assertEquals(3, resumed.steps());
            resumed.run(6);
            assertArrayEquals(whole.losses(), resumed.losses());
            TinyRun.assertSameBits(whole, resumed);
        }
    }

    private static void fail() {
        throw new IllegalStateException("in the middle");
    }

    @Test
    void listenersHearWhatFitTellsThem() {
        List<String> heard = new ArrayList<>();
        try (Trainer trainer = TinyRun.start()) {
            trainer.withListeners(
                    new BaseListener() {
                        @Override
                        public boolean isActive(Operation operation) {
                            return operation == Operation.TRAINING;
                        }

                        @Override
                        public void operationStart(SameDiff sd, Operation operation) {
                            heard.add("start");
                        }

                        @Override
                        public void operationEnd(SameDiff sd, Operation operation) {
                            heard.add("end");
                        }

                        @Override
                        public void iterationStart(
                                SameDiff sd, At at, MultiDataSet data, long etlTimeMs) {
                            heard.add("iteration " + at.iteration());
                        }

                        @Override
                        public void preUpdate(
                                SameDiff sd, At at, Variable variable, INDArray update) {
                            if (variable.getName().equals("conv_in.bias")) {
                                heard.add("update");
                            }
                        }

                        @Override
                        public void iterationDone(
                                SameDiff sd, At at, MultiDataSet data, Loss loss) {
                            heard.add("done " + (loss.totalLoss() > 0));
                        }
                    });
            trainer.run(2);
        }
        assertEquals(
                List.of(
                        "start",
                        "iteration 0",
                        "update",
                        "done true",
                        "iteration 1",
                        "update",
                        "done true",
                        "end"),
                heard);
    }

    @Test
    void gridsAreDrawnFromTheAverage() {
        List<Long> steps = new ArrayList<>();
        try (Trainer trainer = TinyRun.start()) {
            trainer.withListeners(
                    new SampleGridListener(
                            2,
                            () -> trainer.average(2),
                            unet ->
                                    (sample, step) ->
                                            unet.sameDiff()
                                                    .output(
                                                            unet.bind(sample, step),
                                                            unet.ports().output().name())
                                                    .get(unet.ports().output().name()),
                            DdimSampler.of(NoiseSchedule.linear(), 2),
                            Map.of("class_labels", Nd4j.createFromArray(1L, 2L)),
                            (step, samples) -> {
                                assertArrayEquals(new long[] {2, 1, 16, 16}, samples.shape());
                                steps.add(step);
                            }));
            trainer.run(5);
        }
        assertEquals(List.of(2L, 4L), steps);
    }

    @Test
    void refusesCheckpointsOfOtherRuns() throws IOException {
        Path checkpoint = temporary.resolve("checkpoint.npz");
        try (Trainer trainer = TinyRun.start();
                Trainer other = TinyRun.start("tiny", 8)) {
            trainer.save(checkpoint);
            String message =
                    assertThrows(IOException.class, () -> other.restore(checkpoint)).getMessage();
            assertTrue(message.contains("it has seed 7, not 8"), message);
            assertTrue(message.contains("the run has no"), message);
            assertFalse(Files.list(temporary).anyMatch(file -> file.toString().endsWith(".part")));
        }
    }

    @Test
    void stopsWhenTheLossIsNotFinite() {
        TrainingData data =
                step -> {
                    INDArray images = NoiseSource.seeded(step).initial(4, 1, 16, 16);
                    INDArray labels = Nd4j.createFromArray(0L, 1L, 2L, 3L);
                    return new ImageBatch(
                            step < 1 ? images : images.mul(Double.NaN),
                            Map.of("class_labels", labels));
                };
        try (Trainer trainer = TinyRun.on(data, "tiny-class", 7)) {
            String message =
                    assertThrows(TrainingException.class, () -> trainer.run(3)).getMessage();
            assertTrue(message.startsWith("step 2: the loss is"), message);
        }
    }

    @Test
    void takesDl4jIteratorsFromAnyStep() {
        INDArray features = NoiseSource.seeded(1).initial(12, 1, 16, 16);
        INDArray oneHot = Nd4j.eye(12).castTo(features.dataType());
        DataSetIterator iterator = new ViewIterator(new DataSet(features, oneHot), 4);
        TrainingData data = TrainingData.of(iterator);
        ImageBatch late = data.batch(4);
        assertEquals(data.batch(4).images(), late.images());
        assertEquals(data.batch(1).images(), late.images(), "epochs of three batches");
        assertArrayEquals(
                data.batch(1).conditions().get("class_labels").toLongVector(),
                late.conditions().get("class_labels").toLongVector());
    }
}
